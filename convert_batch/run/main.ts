import type { RequestListener } from 'node:http';
import { availableParallelism } from 'node:os';
import { tuneGcForThroughput } from '../../common/gc.ts';
import { createLog } from '../../common/log/log.ts';
import { controlProcess } from '../../common/program.ts';
import { listen, listenHost } from '../../common/server/listen.ts';
import { checkMetricsPort } from '../../common/telemetry/settings.ts';
import { startTelemetry } from '../../common/telemetry/start.ts';
import { nativeVariables } from '../../engine/settings.ts';
import { converterFields } from './config.ts';
import type { Converter } from './start.ts';

tuneGcForThroughput();

const program = controlProcess(process);
const settings = program.readSettings(converterFields, checkMetricsPort);
const config = { ...settings, CONVERSIONS: settings.CONVERSIONS ?? availableParallelism() };
program.setDefaults(nativeVariables(config.CONVERSIONS));

const log = createLog({ level: config.LOG_LEVEL });
const telemetry = startTelemetry({ config, service: 'imagebatch', log });
const { promise: converter, resolve, reject } = Promise.withResolvers<Converter>();
const handle: RequestListener = (req, res) => {
  res.once('close', telemetry.requestEnded);
  converter.then(
    ({ handler }) => handler(req, res),
    () => res.writeHead(503, { connection: 'close' }).end(),
  );
};
async function load(): Promise<Converter> {
  const [{ startConverter }, { loadStorageClient }] = await Promise.all([
    import('./start.ts'),
    import('../../cloud/storage_client.ts'),
  ]);
  await loadStorageClient();
  return startConverter(config, log);
}
converter.then(
  async () => {
    const { formatWords, readable, readableText } = await import('../../engine/catalog.ts');
    const known = readable();
    log.info({ event: 'formats', ...known }, readableText(known));
    await telemetry.load(async () => formatWords);
  },
  () => {},
);
converter.catch((error: unknown) => {
  log.error({ event: 'broken', error }, 'Cannot load the converter');
  program.exitAfterFailure();
});

const options = { host: listenHost(config), port: config.PORT, drainMs: config.DRAIN_MS, warm: converter };
listen(handle, options).then((running) => {
  log.info({ event: 'listening', url: running.url }, `Listening on ${running.place}`);
  program.exitOnSignal(async () => {
    await telemetry.close(running.close());
    await (await converter).close();
  });
  // The heavy modules load while the server already listens; requests wait for them.
  load().then(resolve, reject);
}, program.exitWithMessage);
