/** `/metrics` for Prometheus; loaded only where METRICS_PORT is set. */
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import type { metrics } from '@opentelemetry/sdk-node';
import type { Log } from '../../log/log.ts';
import { listen } from '../../server/listen.ts';

export interface MetricsPort {
  readonly reader: metrics.MetricReader;
  close(): Promise<void>;
}

interface Options {
  readonly host: string;
  readonly port: number;
  readonly log: Log;
}

/** Opens a port of its own, which no load balancer leads to: metrics are not for the clients of the service. */
export async function openMetricsPort({ host, port, log }: Options): Promise<MetricsPort> {
  const reader = new PrometheusExporter({ preventServerStart: true, withoutScopeInfo: true });
  const server = await listen(
    (req, res) => {
      const [path] = (req.url ?? '').split('?');
      if (path === '/metrics' && req.method === 'GET') reader.getMetricsRequestHandler(req, res);
      else res.writeHead(404, { 'content-type': 'text/plain' }).end('expected GET /metrics\n');
    },
    { host, port, portSetting: 'METRICS_PORT', drainMs: 0 },
  );
  log.info({ event: 'metrics', url: `${server.url}/metrics` }, `Metrics on ${server.place}/metrics`);
  return { reader, close: server.close };
}
