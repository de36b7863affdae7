import type { metrics, tracing } from '@opentelemetry/sdk-node';
import { withoutTrailingSlash } from '../../url.ts';
import type { TelemetryConfig } from '../settings.ts';

export interface Exporters {
  readonly metrics: metrics.PushMetricExporter;
  readonly traces: tracing.SpanExporter;
}

/** Timeout of one export. Two exports (flush and shutdown) fit in the ten seconds after SIGTERM. */
export const exportMs = 3_000;

const defaultCollector = 'http://localhost:4318';

/** The exporters of each protocol; only the ones in use are loaded. */
const protocols = {
  'http/json': () => import('./otlp_json.ts'),
  'http/protobuf': () => import('./otlp_proto.ts'),
} as const;

/** Exporters to a collector. Headers come from OTEL_EXPORTER_OTLP_HEADERS. */
export async function collectorExporters(config: TelemetryConfig): Promise<Exporters> {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: base = defaultCollector, OTEL_EXPORTER_OTLP_PROTOCOL } = config;
  const { OTLPMetricExporter, OTLPTraceExporter } =
    await protocols[OTEL_EXPORTER_OTLP_PROTOCOL as keyof typeof protocols]();
  const at = (signal: string) => ({
    url: `${withoutTrailingSlash(base)}/v1/${signal}`,
    timeoutMillis: exportMs,
  });
  return { traces: new OTLPTraceExporter(at('traces')), metrics: new OTLPMetricExporter(at('metrics')) };
}
