/** Everything heavy of telemetry: imported when the program listens and is ready. */
import { DiagLogLevel, diag } from '@opentelemetry/api';
import { metrics, resources, tracing } from '@opentelemetry/sdk-node';
import type { Log } from '../log.ts';
import type { Exporting } from './early.ts';
import { collectorExporters, type Exporters } from './exporters.ts';
import { attributesOf, type Identity } from './resource.ts';
import type { Target, TelemetryConfig } from './settings.ts';
import { closeLabels } from './views.ts';

export interface Sdk extends Exporting {
  flush(): Promise<void>;
  close(): Promise<void>;
}

export interface SdkOptions {
  readonly target: Exclude<Target, 'none'>;
  readonly config: TelemetryConfig;
  readonly own: Pick<Identity, 'service' | 'instance'>;
  readonly words: ReadonlySet<string>;
  readonly log: Log;
}

/** Longer than any process lives: `flush` exports. */
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
interface Place {
  readonly identity: Identity;
  readonly exporters: Exporters;
}

/** Who this is and where it sends to. */
const places: Readonly<Record<SdkOptions['target'], (config: TelemetryConfig, own: Own) => Promise<Place>>> =
  {
    cloud: async (config, own) => {
      const { cloudExporters, cloudIdentity } = await import('./google.ts');
      const identity = await cloudIdentity(config, own);
      return { identity, exporters: await cloudExporters(config, identity.project) };
    },
    otlp: async (config, own) => ({
      identity: { ...own, project: config.PROJECT_ID },
      exporters: await collectorExporters(config),
    }),
  };

/** Starts the SDK. It reads nothing from the environment but the headers of OTLP. */
export async function startSdk({ target, config, own, words, log }: SdkOptions): Promise<Sdk> {
  logErrorsTo(log);
  const { identity, exporters } = await places[target](config, own);
  const resource = resources.resourceFromAttributes(attributesOf(identity));
  const reader = new metrics.PeriodicExportingMetricReader({
    exporter: exporters.metrics,
    exportIntervalMillis: never,
    exportTimeoutMillis: exportMs,
  });
  const spans = new tracing.BatchSpanProcessor(exporters.traces, {
    scheduledDelayMillis: Math.min(config.OTEL_METRIC_EXPORT_INTERVAL, 5_000),
  });
  const meterProvider = new metrics.MeterProvider({ resource, readers: [reader], views: closeLabels(words) });
  return {
    meterProvider,
    onEnd: (span) => spans.onEnd({ ...span, resource }),
    flush: async () => void (await Promise.allSettled([reader.forceFlush(), spans.forceFlush()])),
    close: async () => void (await Promise.allSettled([meterProvider.shutdown(), spans.shutdown()])),
  };
}
