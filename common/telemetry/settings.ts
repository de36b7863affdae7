import type { FieldTable, ValuesOf } from '../field.ts';
import { url } from '../settings.ts';

/** Settings of metrics and traces, the same for every program; those of OpenTelemetry have its names. */
export const telemetryFields = {
  TELEMETRY: {
    kind: 'enum',
    values: ['auto', 'cloud', 'otlp', 'none'],
    default: 'auto',
    doc: 'Where metrics and traces go: `cloud` (Cloud Monitoring and Cloud Trace), `otlp` (the collector of `OTEL_EXPORTER_OTLP_ENDPOINT`), `none`. `auto`: `cloud` on Cloud Run, `otlp` where a collector is named, else `none`.',
  },
  TRACE_RATIO: {
    kind: 'float',
    min: 0,
    max: 1,
    default: 1,
    doc: 'Share of the traces that begin here and are kept; a trace that comes with a request is kept as its caller says.',
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
    doc: 'How the collector is spoken to.',
  },
  OTEL_METRIC_EXPORT_INTERVAL: {
    kind: 'int',
    unit: 'milliseconds',
    min: 100,
    default: 60_000,
    doc: 'How often metrics leave. Cloud Monitoring takes a point of a series every 5 seconds at most.',
  },
  CLOUD_MONITORING_ENDPOINT: {
    kind: 'string',
    pattern: /^[\w.-]+(:\d+)?$/,
    expects: 'host or host:port',
    default: 'monitoring.googleapis.com:443',
    doc: 'Where Cloud Monitoring is, always over TLS.',
  },
  CLOUD_TRACE_ENDPOINT: {
    kind: 'string',
    ...url,
    default: 'https://telemetry.googleapis.com',
    doc: 'Where Google takes traces, OTLP over HTTP; it is given the service account’s token.',
  },
} as const satisfies FieldTable;

export type TelemetryConfig = ValuesOf<typeof telemetryFields> & {
  readonly PROJECT_ID?: string;
  readonly K_SERVICE?: string;
};

export type Target = 'cloud' | 'otlp' | 'none';

/** Where telemetry goes, once `auto` is decided. */
export function targetOf({ TELEMETRY, K_SERVICE, OTEL_EXPORTER_OTLP_ENDPOINT }: TelemetryConfig): Target {
  if (TELEMETRY !== 'auto') return TELEMETRY as Target;
  if (K_SERVICE) return 'cloud';
  return OTEL_EXPORTER_OTLP_ENDPOINT ? 'otlp' : 'none';
}
