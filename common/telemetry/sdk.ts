/** The heavy part of telemetry, imported when the program is ready. */
import { DiagLogLevel, diag } from '@opentelemetry/api';
import { metrics, resources, tracing } from '@opentelemetry/sdk-node';
import type { Log } from '../log/log.ts';
import { listenHost } from '../server/listen.ts';
import type { Exporting } from './early.ts';
import { collectorExporters, type Exporters } from './exporters/choose.ts';
import type { MetricsPort } from './exporters/prometheus.ts';
import { type Identity, resourceAttributes } from './resource.ts';
import type { TelemetryConfig, TelemetryTarget } from './settings.ts';
import { closeLabels } from './views.ts';

export interface Sdk extends Exporting {
  flush(): Promise<void>;
  close(): Promise<void>;
}

export interface SdkOptions {
  /** `none`: only Prometheus reads the metrics, and nothing is sent. */
  readonly target: TelemetryTarget;
  readonly config: TelemetryConfig;
  readonly own: Pick<Identity, 'service' | 'instance'>;
  readonly formatNames: ReadonlySet<string>;
  readonly log: Log;
}

/** Longer than any process lives: only `flush` exports. */
const never = 2 ** 31 - 1;
const exportMs = 5_000;

function logErrorsTo(log: Log): void {
  const warn = (message: string): void => log.warn({ event: 'telemetry', reason: message }, 'Telemetry');
  const quiet = (): void => {};
  diag.setLogger(
    { error: warn, warn: quiet, info: quiet, debug: quiet, verbose: quiet },
    { logLevel: DiagLogLevel.ERROR, suppressOverrideMessage: true },
  );
}

type Own = Pick<Identity, 'service' | 'instance'>;
interface Destination {
  readonly identity: Identity;
  readonly exporters?: Exporters;
}

/** Finds this process's identity and the exporters of each target. */
const destinations: Readonly<
  Record<TelemetryTarget, (config: TelemetryConfig, own: Own) => Promise<Destination>>
> = {
  cloud: async (config, own) => {
    const { cloudExporters, cloudIdentity } = await import('./exporters/google.ts');
    const identity = await cloudIdentity(config, own);
    return { identity, exporters: await cloudExporters(config, identity.project) };
  },
  otlp: async (config, own) => ({
    identity: { ...own, project: config.PROJECT_ID },
    exporters: await collectorExporters(config),
  }),
  none: async (config, own) => ({ identity: { ...own, project: config.PROJECT_ID } }),
};

/** What Prometheus reads, where METRICS_PORT asks for it. */
async function openMetrics({ config, log }: SdkOptions): Promise<MetricsPort | undefined> {
  const { METRICS_PORT: port } = config;
  if (port === undefined) return undefined;
  const { openMetricsPort } = await import('./exporters/prometheus.ts');
  return openMetricsPort({ host: listenHost(config), port, log });
}

/** Sends metrics when it is flushed. */
const pushReader = (exporter: metrics.PushMetricExporter): metrics.MetricReader =>
  new metrics.PeriodicExportingMetricReader({
    exporter,
    exportIntervalMillis: never,
    exportTimeoutMillis: exportMs,
  });

function spanProcessor({ traces }: Exporters, { OTEL_METRIC_EXPORT_INTERVAL }: TelemetryConfig) {
  return new tracing.BatchSpanProcessor(traces, {
    scheduledDelayMillis: Math.min(OTEL_METRIC_EXPORT_INTERVAL, 5_000),
  });
}

/** Starts the SDK. It reads only the OTLP headers from the environment. */
export async function startSdk(options: SdkOptions): Promise<Sdk> {
  const { target, config, own, formatNames, log } = options;
  logErrorsTo(log);
  const { identity, exporters } = await destinations[target](config, own);
  const resource = resources.resourceFromAttributes(resourceAttributes(identity));
  const port = await openMetrics(options);
  const pushing = exporters ? [pushReader(exporters.metrics)] : [];
  const spans = exporters && spanProcessor(exporters, config);
  const meterProvider = new metrics.MeterProvider({
    resource,
    readers: [...pushing, ...(port ? [port.reader] : [])],
    views: closeLabels(formatNames),
  });
  return {
    meterProvider,
    onEnd: (span) => spans?.onEnd({ ...span, resource }),
    flush: async () =>
      void (await Promise.allSettled([...pushing.map((reader) => reader.forceFlush()), spans?.forceFlush()])),
    close: async () =>
      void (await Promise.allSettled([meterProvider.shutdown(), spans?.shutdown(), port?.close()])),
  };
}
