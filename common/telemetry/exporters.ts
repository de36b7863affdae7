import type { metrics, tracing } from '@opentelemetry/sdk-node';
import { typePrefix } from './instruments.ts';
import type { TelemetryConfig } from './settings.ts';

export interface Exporters {
  readonly metrics: metrics.PushMetricExporter;
  readonly traces: tracing.SpanExporter;
}

const scope = 'https://www.googleapis.com/auth/cloud-platform';
/** Twice that, for flush and end, is well within the ten seconds after SIGTERM. */
const exportMs = 3_000;

/** Both, to a collector; headers as OTEL_EXPORTER_OTLP_HEADERS says. */
async function collector(base: string, protocol: string): Promise<Exporters> {
  const at = (signal: string) => ({
    url: `${base.replace(/\/+$/, '')}/v1/${signal}`,
    timeoutMillis: exportMs,
  });
  const [{ OTLPTraceExporter }, { OTLPMetricExporter }] = await (protocol === 'http/json'
    ? Promise.all([
        import('@opentelemetry/exporter-trace-otlp-http'),
        import('@opentelemetry/exporter-metrics-otlp-http'),
      ])
    : Promise.all([
        import('@opentelemetry/exporter-trace-otlp-proto'),
        import('@opentelemetry/exporter-metrics-otlp-proto'),
      ]));
  return { traces: new OTLPTraceExporter(at('traces')), metrics: new OTLPMetricExporter(at('metrics')) };
}

/** Its constructor warns of its end of life; the product's metric can be written by no other way yet. */
function quietly<T>(make: () => T): T {
  const { noDeprecation } = process;
  process.noDeprecation = true;
  try {
    return make();
  } finally {
    process.noDeprecation = noDeprecation ?? false;
  }
}

async function cloudMonitoring(config: TelemetryConfig, project: string | undefined) {
  const { MetricExporter } = await import('@google-cloud/opentelemetry-cloud-monitoring-exporter');
  const options = {
    prefix: typePrefix,
    apiEndpoint: config.CLOUD_MONITORING_ENDPOINT,
    ...(project ? { projectId: project } : {}),
  };
  return quietly(() => new MetricExporter(options));
}

/** Google's OTLP endpoint, with a token of the account this runs as. */
async function cloudTrace({ CLOUD_TRACE_ENDPOINT }: TelemetryConfig) {
  const [{ GoogleAuth }, { OTLPTraceExporter }] = await Promise.all([
    import('google-auth-library'),
    import('@opentelemetry/exporter-trace-otlp-proto'),
  ]);
  const auth = new GoogleAuth({ scopes: [scope] });
  const url = `${CLOUD_TRACE_ENDPOINT.replace(/\/+$/, '')}/v1/traces`;
  const headers = async () => Object.fromEntries((await auth.getRequestHeaders(url)).entries());
  return new OTLPTraceExporter({ url, headers, timeoutMillis: exportMs });
}

/** Google Cloud's: traces go to a collector instead where one is named. */
export async function cloudExporters(
  config: TelemetryConfig,
  project: string | undefined,
): Promise<Exporters> {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: base } = config;
  const [monitoring, traces] = await Promise.all([
    cloudMonitoring(config, project),
    base
      ? collector(base, config.OTEL_EXPORTER_OTLP_PROTOCOL).then((both) => both.traces)
      : cloudTrace(config),
  ]);
  return { metrics: monitoring, traces };
}

export const otlpExporters = ({
  OTEL_EXPORTER_OTLP_ENDPOINT = 'http://localhost:4318',
  OTEL_EXPORTER_OTLP_PROTOCOL,
}: TelemetryConfig): Promise<Exporters> =>
  collector(OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_PROTOCOL);
