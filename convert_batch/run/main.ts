import type { RequestListener } from 'node:http';
import { availableParallelism } from 'node:os';
import { collectLess } from '../../common/collect_less.ts';
import { readConfig } from '../../common/config.ts';
import { createLog } from '../../common/log.ts';
import { asProblem } from '../../common/problem.ts';
import { hostOf, listen } from '../../common/server.ts';
import { startTelemetry } from '../../common/telemetry/start.ts';
import { nativeVariables } from '../../engine/environment.ts';
import { converterFields } from './config.ts';
import type { Converter } from './start.ts';

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
    const config = readConfig(converterFields, process.env);
    return { ...config, CONVERSIONS: config.CONVERSIONS ?? availableParallelism() };
  } catch (error) {
    return refuse(error);
  }
}

const config = settings();
for (const [name, value] of Object.entries(nativeVariables(config.CONVERSIONS))) process.env[name] ??= value;

const log = createLog({ level: config.LOG_LEVEL });
const telemetry = startTelemetry({ config, service: 'imagebatch', log });
const { promise: converter, resolve, reject } = Promise.withResolvers<Converter>();
const handle: RequestListener = (req, res) => {
  res.once('close', telemetry.requestEnded);
  converter.then(({ handler }) => handler(req, res));
};
const running = await listen(handle, {
  host: hostOf(config),
  port: config.PORT,
  drainMs: config.DRAIN_MS,
  warm: converter,
}).catch(refuse);
log.info({ event: 'listening', url: running.url }, `Listening on ${running.url}`);

// The heavy modules load while it listens already; requests wait for them.
async function load(): Promise<Converter> {
  const { startConverter, loadClients } = await import('./start.ts');
  await loadClients();
  return startConverter(config, log);
}
load().then(resolve, reject);
converter.then(
  () => telemetry.load(async () => (await import('../../engine/formats/index.ts')).formatWords),
  () => {},
);
converter.catch((error: unknown) => {
  log.error({ event: 'broken', error }, 'Cannot load the converter');
  process.exit(exitCodes.broken);
});

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, async () => {
    await telemetry.close(running.close());
    await (await converter).close();
    process.exit(0);
  });
}
