import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Log } from '../common/log/log.ts';
import { asProblem } from '../common/problem.ts';
import { listen, listenHost, type RunningServer } from '../common/server/listen.ts';
import { startTelemetry } from '../common/telemetry/start.ts';
import { warningIfOpen } from './guards/signed_url.ts';
import { answerProblem } from './http/answer.ts';
import { traceRequest } from './http/tracing.ts';
import type { ServeConfig } from './settings/config.ts';

type Handler = (req: IncomingMessage, res: ServerResponse) => void;

async function load(config: ServeConfig, log: Log): Promise<Handler> {
  const { createApp } = await import('./app.ts');
  const app = await createApp(config, log);
  if (config.DEST_BUCKET_NAME) await (await import('../cloud/storage_client.ts')).loadStorageClient();
  return app;
}

/** Lets the requests that a service was started for go first. */
const afterStartMs = 500;

/** Writes which formats this installation reads. */
async function logFormats(log: Log): Promise<void> {
  const { readable, readableText } = await import('../engine/catalog.ts');
  const known = readable();
  log.info({ event: 'formats', ...known }, readableText(known));
}

export interface Serving extends RunningServer {
  /** Resolves when the heavy modules are loaded; rejects when they cannot be. */
  readonly ready: Promise<unknown>;
}

/**
 * Runs the service. It listens at once; the heavy modules load meanwhile, and requests wait for them.
 * @throws Problem `invalid_param` for settings that contradict each other; `unprocessable` when it cannot listen.
 */
export async function serve(config: ServeConfig, log: Log): Promise<Serving> {
  const warning = warningIfOpen(config);
  const telemetry = startTelemetry({ config, service: 'imagetx', log });
  const { promise: app, resolve, reject } = Promise.withResolvers<Handler>();
  const handler = (req: IncomingMessage, res: ServerResponse): void => {
    res.on('close', telemetry.requestEnded);
    traceRequest(req, res, () => {
      app.then(
        (handle) => handle(req, res),
        (error: unknown) => answerProblem(req, res, asProblem(error)),
      );
    });
  };
  const { PORT: port, DRAIN_MS: drainMs } = config;
  const running = await listen(handler, { host: listenHost(config), port, drainMs, warm: app });
  log.info({ event: 'listening', url: running.url, doors: config.DOORS }, `Listening on ${running.place}`);
  if (warning) log.warn({ event: 'open' }, warning);
  // The lines leave with this turn of the event loop; loading holds up the next one.
  setImmediate(() => load(config, log).then(resolve, reject));
  app.then(
    async () => {
      const { formatWords } = await import('../engine/catalog.ts');
      await telemetry.load(async () => formatWords);
    },
    () => {},
  );
  const later = setTimeout(() => void app.then(() => logFormats(log)).catch(() => {}), afterStartMs);
  const close = (): Promise<void> => {
    clearTimeout(later);
    return telemetry.close(running.close());
  };
  return { ...running, ready: app, close };
}
