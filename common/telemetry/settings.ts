import type { FieldTable, ValuesOf } from '../fields/field.ts';
import { Problem } from '../problem.ts';
import { url } from '../settings.ts';

/** Settings of metrics and traces, the same for every program. OpenTelemetry's own settings keep their names. */
export const telemetryFields = {
  TELEMETRY: {
    kind: 'enum',
    values: ['auto', 'cloud', 'otlp', 'none'],
    default: 'auto',
    doc: 'Where metrics and traces go: `cloud` (Cloud Monitoring and Cloud Trace), `otlp` (the collector of `OTEL_EXPORTER_OTLP_ENDPOINT`), `none`. `auto`: `cloud` on Cloud Run, `otlp` with a collector endpoint, else `none`.',
  },
  TRACE_RATIO: {
    kind: 'float',
    min: 0,
    max: 1,
    default: 1,
    doc: 'Share of new traces that are sampled. A request that belongs to a trace follows its caller’s decision.',
  },
  OTEL_EXPORTER_OTLP_ENDPOINT: {
    kind: 'string',
    ...url,
    doc: 'Base URL of an OpenTelemetry collector, OTLP over HTTP.',
    example: 'http://localhost:4318',
  },
  OTEL_EXPORTER_OTLP_PROTOCOL: {
    kind: 'enum',
    values: ['http/protobuf', 'http/json'],
    default: 'http/protobuf',
    doc: 'Protocol of the collector.',
  },
  OTEL_METRIC_EXPORT_INTERVAL: {
    kind: 'int',
    unit: 'milliseconds',
    min: 100,
    default: 60_000,
    doc: 'How often metrics are exported. Cloud Monitoring accepts one point of a series per 5 seconds.',
  },
  CLOUD_MONITORING_ENDPOINT: {
    kind: 'string',
    pattern: /^[\w.-]+(:\d+)?$/,
    expects: 'host or host:port',
    default: 'monitoring.googleapis.com:443',
    doc: 'Address of Cloud Monitoring, always over TLS.',
  },
  CLOUD_TRACE_ENDPOINT: {
    kind: 'string',
    ...url,
    default: 'https://telemetry.googleapis.com',
    doc: 'URL of Google’s OTLP endpoint for traces. It receives the service account’s token.',
  },
} as const satisfies FieldTable;

/** The port of Prometheus, for programs that run longer than a request. */
export const metricsFields = {
  METRICS_PORT: {
    kind: 'int',
    min: 0,
    max: 65_535,
    doc: 'Port that answers `GET /metrics` in the text format of Prometheus, on the same address as the service, beside what TELEMETRY sends. It wants no key, so open it to Prometheus only. Default: no such port.',
    example: '9464',
  },
} as const satisfies FieldTable;

export type TelemetryConfig = ValuesOf<typeof telemetryFields> & {
  readonly HOST?: string;
  readonly METRICS_PORT?: number;
  readonly PROJECT_ID?: string;
  readonly K_SERVICE?: string;
};

export type TelemetryTarget = 'cloud' | 'otlp' | 'none';

/** The target of telemetry; resolves `auto`. */
export function chooseTarget({
  TELEMETRY,
  K_SERVICE,
  OTEL_EXPORTER_OTLP_ENDPOINT,
}: TelemetryConfig): TelemetryTarget {
  if (TELEMETRY !== 'auto') return TELEMETRY as TelemetryTarget;
  if (K_SERVICE) return 'cloud';
  return OTEL_EXPORTER_OTLP_ENDPOINT ? 'otlp' : 'none';
}

/** Whether the settings want metrics or traces. */
export const wantsTelemetry = (config: TelemetryConfig): boolean =>
  chooseTarget(config) !== 'none' || config.METRICS_PORT !== undefined;

/** @throws Problem `invalid_param` when the service and its metrics would have one port. */
export function checkMetricsPort(config: { readonly PORT: number; readonly METRICS_PORT?: number }): void {
  if (!config.METRICS_PORT || config.METRICS_PORT !== config.PORT) return;
  throw new Problem('invalid_param', `METRICS_PORT: expected another port than PORT, got ${config.PORT}`);
}
