import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../log/log.ts';
import { registerProviders } from './early.ts';
import { createExportInterval } from './export_interval.ts';
import { randomHex } from './random_hex.ts';
import type { Sdk } from './sdk.ts';
import { chooseTarget, type TelemetryConfig, type TelemetryTarget, wantsTelemetry } from './settings.ts';

/** Reads all names of picture formats. Called late, because the engine is slow to load. */
export type FormatNames = () => Promise<Iterable<string>>;

/** Metrics and traces of this process. */
export interface Telemetry {
  /** Loads the SDK and the exporters, up to a second of CPU. Call it when the program is ready. */
  load(formatNames: FormatNames): Promise<void>;
  /** Call it after each response: it exports where the process only has CPU during requests. Never waits. */
  requestEnded(): void;
  /** Exports everything; waits at most `withinMs`. */
  flush(withinMs: number): Promise<void>;
  /** Exports the rest after `work`, in what is left of the ten seconds that Cloud Run grants. Call it at SIGTERM. */
  close(work?: Promise<unknown>): Promise<void>;
}

export interface TelemetryOptions {
  readonly config: TelemetryConfig;
  /** Name of the service where the platform sets none. */
  readonly service: string;
  readonly log: Log;
}

/** Cloud Monitoring refuses points of a series less than 5 s apart. */
const gaps: Readonly<Record<TelemetryTarget, number>> = { cloud: 5_500, otlp: 0, none: 0 };
const requestGapMs = 10_000;
const grace = { allMs: 9_800, leastMs: 1_000 };

const off: Telemetry = {
  load: async () => {},
  requestEnded: () => {},
  flush: async () => {},
  close: async (work) => void (await work),
};

const settleWithin = (ms: number, work: Promise<unknown>): Promise<unknown> =>
  Promise.race([work, sleep(ms, undefined, { ref: false })]);

/** Registers the providers now; the returned function loads the SDK. */
function loader({ config, service, log }: TelemetryOptions, target: TelemetryTarget) {
  const registered = registerProviders({
    ratio: target === 'none' ? 0 : config.TRACE_RATIO,
    hex: randomHex(),
  });
  const own = { service: config.K_SERVICE || service, instance: randomUUID() };
  return async (formatNames: FormatNames): Promise<Sdk | undefined> => {
    try {
      const [{ startSdk }, known] = await Promise.all([import('./sdk.ts'), formatNames()]);
      const sdk = await startSdk({ target, config, own, formatNames: new Set(known), log });
      registered.exportTo(sdk);
      return sdk;
    } catch (error) {
      registered.unregister();
      log.error({ event: 'telemetry', error }, 'Telemetry cannot be sent');
      return undefined;
    }
  };
}

/** Starts collecting metrics and traces, unless the settings turn them off. */
export function startTelemetry(options: TelemetryOptions): Telemetry {
  const { config } = options;
  if (!wantsTelemetry(config)) return off;
  const target = chooseTarget(config);
  const now = (): number => performance.now();
  const sendInterval = createExportInterval({ now, gapMs: gaps[target] });
  const requestInterval = createExportInterval({ now, gapMs: requestGapMs });
  const load = loader(options, target);
  let loading: Promise<Sdk | undefined> | undefined;

  const send = async (): Promise<void> => {
    sendInterval.begin();
    requestInterval.begin();
    await (await loading)?.flush();
  };
  const begin = async (formatNames: FormatNames): Promise<Sdk | undefined> => {
    const sdk = await load(formatNames);
    if (sdk && target !== 'none')
      setInterval(
        () => sendInterval.remainingMs() === 0 && void send(),
        config.OTEL_METRIC_EXPORT_INTERVAL,
      ).unref();
    return sdk;
  };
  const last = async (withinMs: number): Promise<void> => {
    const sdk = await loading;
    await sleep(Math.min(sendInterval.remainingMs(), withinMs));
    await sdk?.close();
  };
  return {
    load: async (formatNames) => {
      loading ??= begin(formatNames);
      await loading;
    },
    requestEnded: () => {
      if (target === 'cloud' && loading && requestInterval.remainingMs() === 0) void send();
    },
    flush: async (withinMs) => void (await settleWithin(withinMs, send())),
    close: async (work) => {
      const endMs = now() + grace.allMs;
      await work;
      const leftMs = Math.max(grace.leastMs, endMs - now());
      await settleWithin(leftMs, last(leftMs - grace.leastMs));
    },
  };
}
