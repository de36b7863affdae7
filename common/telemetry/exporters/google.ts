/** Exporters that only Google Cloud needs; their libraries are large. */

import { MetricExporter } from '@google-cloud/opentelemetry-cloud-monitoring-exporter';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { instance, isAvailable, project as projectOf } from 'gcp-metadata';
import { GoogleAuth } from 'google-auth-library';
import { withoutTrailingSlash } from '../../url.ts';
import { typePrefix } from '../instruments.ts';
import type { Identity } from '../resource.ts';
import type { TelemetryConfig } from '../settings.ts';
import { collectorExporters, type Exporters, exportMs } from './choose.ts';

const scope = 'https://www.googleapis.com/auth/cloud-platform';

/** `us-central1` of `projects/1/regions/us-central1`. */
const lastPart = (text: unknown): string | undefined =>
  String(text ?? '')
    .split('/')
    .at(-1) || undefined;

/** This process with its project and region, which the metadata server tells. */
export async function cloudIdentity(
  config: TelemetryConfig,
  own: Pick<Identity, 'service' | 'instance'>,
): Promise<Identity> {
  if (!(await isAvailable())) return { ...own, project: config.PROJECT_ID };
  const query = (key: string) => instance<string>(key).catch(() => undefined);
  const region = (await query('region')) ?? (await query('attributes/cluster-location'));
  const project = config.PROJECT_ID ?? (await projectOf<string>('project-id').catch(() => undefined));
  return { ...own, project, region: lastPart(region) };
}

/** Silences the exporter's deprecation warning: nothing else can write the product's metric yet. */
function quietly<T>(make: () => T): T {
  const { noDeprecation } = process;
  process.noDeprecation = true;
  try {
    return make();
  } finally {
    process.noDeprecation = noDeprecation ?? false;
  }
}

function cloudMonitoring({ CLOUD_MONITORING_ENDPOINT: apiEndpoint }: TelemetryConfig, project?: string) {
  const options = { prefix: typePrefix, apiEndpoint, ...(project ? { projectId: project } : {}) };
  return quietly(() => new MetricExporter(options));
}

/** Exports traces to Google's OTLP endpoint with a token of the service account. */
function cloudTrace({ CLOUD_TRACE_ENDPOINT }: TelemetryConfig) {
  const auth = new GoogleAuth({ scopes: [scope] });
  const url = `${withoutTrailingSlash(CLOUD_TRACE_ENDPOINT)}/v1/traces`;
  const headers = async () => Object.fromEntries((await auth.getRequestHeaders(url)).entries());
  return new OTLPTraceExporter({ url, headers, timeoutMillis: exportMs });
}

/** Exporters to Google Cloud. Traces go to the collector instead when one is configured. */
export async function cloudExporters(config: TelemetryConfig, project?: string): Promise<Exporters> {
  const traces = config.OTEL_EXPORTER_OTLP_ENDPOINT
    ? (await collectorExporters(config)).traces
    : cloudTrace(config);
  return { metrics: cloudMonitoring(config, project), traces };
}
