import { enableCompileCache } from 'node:module';
import { availableParallelism } from 'node:os';
import { collectSoon } from '../common/garbage.ts';
import { createLog } from '../common/log.ts';
import { asProblem } from '../common/problem.ts';
import { programIn } from '../common/program.ts';
import { nativeVariables } from '../engine/environment.ts';
import { checkConfig, streamFields } from './config.ts';
import { serve } from './serve.ts';

// The doors, which load after this, start in half the time and leave a smaller heap to collect.
enableCompileCache();
collectSoon();

const program = programIn(process);
const settings = program.settings(streamFields, checkConfig);
const config = { ...settings, CONVERSIONS: settings.CONVERSIONS ?? availableParallelism() };
program.preset(nativeVariables(config.CONVERSIONS));

const log = createLog({ level: config.LOG_LEVEL });
const running = await serve(config, log).catch(program.refuse);
program.endBy(running.close);
running.ready.catch((error: unknown) => {
  if (asProblem(error).code === 'invalid_param') return program.refuse(error);
  log.error({ event: 'broken', error }, 'Cannot load the service');
  program.giveUp();
});
