import type { RequestListener } from 'node:http';
import { wantsTelemetry } from '../../../common/telemetry/settings.ts';
import type { ServeConfig } from '../../../convert_stream/settings/config.ts';
import { errorLog } from './error_log.ts';

interface Observation {
  /** Records metrics and a trace of each request. */
  readonly of: (handler: RequestListener) => RequestListener;
  /** Begins to send. Call it when the server listens. */
  readonly load: () => Promise<void>;
  /** Sends the rest after `work`. */
  readonly close: (work: Promise<unknown>) => Promise<void>;
}

const none: Observation = {
  of: (handler) => handler,
  load: async () => {},
  close: async (work) => void (await work),
};

/**
 * Metrics and traces of the server, where the settings want any. Call it before the doors are made, because they begin
 * to measure then.
 */
export async function observeServer(config: ServeConfig, err: (text: string) => void): Promise<Observation> {
  if (!wantsTelemetry(config)) return none;
  const [{ startTelemetry }, { traceRequest }] = await Promise.all([
    import('../../../common/telemetry/start.ts'),
    import('../../../convert_stream/http/tracing.ts'),
  ]);
  const telemetry = startTelemetry({ config, service: 'imagetx', log: errorLog(err) });
  return {
    of: (handler) => (req, res) => {
      res.once('close', telemetry.requestEnded);
      traceRequest(req, res, () => handler(req, res));
    },
    load: () => telemetry.load(async () => (await import('../../../engine/catalog.ts')).formatWords),
    close: telemetry.close,
  };
}
