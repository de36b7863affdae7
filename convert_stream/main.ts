import { enableCompileCache } from 'node:module';
import { availableParallelism } from 'node:os';
import { tuneGcForMemory } from '../common/gc.ts';
import { createLog } from '../common/log/log.ts';
import { asProblem } from '../common/problem.ts';
import { controlProcess } from '../common/program.ts';
import { compileRegexesFast } from '../common/start.ts';
import { nativeVariables } from '../engine/settings.ts';
import { serve } from './serve.ts';
import { checkConfig, streamFields } from './settings/config.ts';

// The doors, which load after this, start in half the time and leave a smaller heap to collect.
enableCompileCache();
tuneGcForMemory();
const compileRegexesWell = compileRegexesFast();

const program = controlProcess(process);
const settings = program.readSettings(streamFields, checkConfig);
const config = { ...settings, CONVERSIONS: settings.CONVERSIONS ?? availableParallelism() };
program.setDefaults(nativeVariables(config.CONVERSIONS));

const log = createLog({ level: config.LOG_LEVEL });
serve(config, log).then((running) => {
  compileRegexesWell();
  program.exitOnSignal(running.close);
  running.ready.catch((error: unknown) => {
    if (asProblem(error).code === 'invalid_param') return program.exitWithMessage(error);
    log.error({ event: 'broken', error }, 'Cannot load the service');
    program.exitAfterFailure();
  });
}, program.exitWithMessage);
