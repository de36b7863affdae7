import { enableCompileCache } from 'node:module';
import { availableParallelism } from 'node:os';
import { readConfig } from '../common/config.ts';
import { createLog } from '../common/log.ts';
import { asProblem } from '../common/problem.ts';
import { fontsFile } from '../engine/fonts.ts';
import { checkConfig, streamFields } from './config.ts';
import { serve } from './serve.ts';

// The doors, which load after this, start in half the time and leave a smaller heap to collect.
enableCompileCache();

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
/** Room beside the conversions for name look-ups and files. libuv reads it at the first use of its pool. */
process.env.UV_THREADPOOL_SIZE ??= String(config.CONVERSIONS + 4);
/** Text looks the same on every host. fontconfig reads it at the first text that is drawn. */
process.env.FONTCONFIG_FILE ??= fontsFile;

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
