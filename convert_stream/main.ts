import { enableCompileCache } from 'node:module';
import { availableParallelism } from 'node:os';
import { collectLess } from '../common/collect_less.ts';
import { readConfig } from '../common/config.ts';
import { createLog } from '../common/log.ts';
import { asProblem } from '../common/problem.ts';
import { nativeVariables } from '../engine/environment.ts';
import { checkConfig, streamFields } from './config.ts';
import { serve } from './serve.ts';

// The doors, which load after this, start in half the time and leave a smaller heap to collect.
enableCompileCache();
collectLess();

const exitCodes = { broken: 1, settings: 2 } as const;

/** What a person did wrong, without a stack. */
function refuse(error: unknown): never {
  const { message } = error instanceof Error ? error : asProblem(error);
  process.stderr.write(`${message}\n`);
  return process.exit(exitCodes.settings);
}

function settings() {
  try {
    const config = readConfig(streamFields, process.env);
    checkConfig(config);
    return { ...config, CONVERSIONS: config.CONVERSIONS ?? availableParallelism() };
  } catch (error) {
    return refuse(error);
  }
}

const config = settings();
for (const [name, value] of Object.entries(nativeVariables(config.CONVERSIONS))) process.env[name] ??= value;

const log = createLog({ level: config.LOG_LEVEL });
const running = await serve(config, log).catch(refuse);
running.ready.catch((error: unknown) => {
  if (asProblem(error).code === 'invalid_param') return refuse(error);
  log.error({ event: 'broken', error }, 'Cannot load the service');
  process.exit(exitCodes.broken);
});

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, async () => {
    await running.close();
    process.exit(0);
  });
}
