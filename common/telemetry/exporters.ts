import type { metrics, tracing } from '@opentelemetry/sdk-node';
import { withoutTrailingSlash } from '../url.ts';
import type { TelemetryConfig } from './settings.ts';

export interface Exporters {
  readonly metrics: metrics.PushMetricExporter;
  readonly traces: tracing.SpanExporter;
}

/** Twice that, for flush and end, is well within the ten seconds after SIGTERM. */
export const exportMs = 3_000;

const usualCollector = 'http://localhost:4318';

/** What speaks each protocol; only the one that is spoken is loaded. */
const protocols = {
  'http/json': () => import('./otlp_json.ts'),
  'http/protobuf': () => import('./otlp_proto.ts'),
} as const;

/** To a collector; headers are those of OTEL_EXPORTER_OTLP_HEADERS. */
export async function collectorExporters(config: TelemetryConfig): Promise<Exporters> {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: base = usualCollector, OTEL_EXPORTER_OTLP_PROTOCOL } = config;
  const { OTLPMetricExporter, OTLPTraceExporter } =
    await protocols[OTEL_EXPORTER_OTLP_PROTOCOL as keyof typeof protocols]();
  const at = (signal: string) => ({
    url: `${withoutTrailingSlash(base)}/v1/${signal}`,
    timeoutMillis: exportMs,
  });
  return { traces: new OTLPTraceExporter(at('traces')), metrics: new OTLPMetricExporter(at('metrics')) };
}
