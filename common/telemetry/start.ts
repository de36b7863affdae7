import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../log.ts';
import { registerProviders } from './early.ts';
import { createPace } from './pace.ts';
import { randomHex } from './random_hex.ts';
import type { Sdk } from './sdk.ts';
import { type Target, type TelemetryConfig, targetOf } from './settings.ts';

/** Every word for a picture format, read when it is needed: the engine is heavy. */
export type FormatWords = () => Promise<Iterable<string>>;

/** Metrics and traces of this process. */
export interface Telemetry {
  /** Loads the SDK and the exporters. Call it when the program is ready: it takes a good part of a second of CPU. */
  load(words: FormatWords): Promise<void>;
  /** A request has been answered: the time to export where the process has CPU during requests only. Never waits. */
  requestEnded(): void;
  /** Exports everything; waits no longer than `withinMs`. */
  flush(withinMs: number): Promise<void>;
  /** Exports the rest when `work` has ended, in what is left of Cloud Run's ten seconds. Call it at SIGTERM. */
  close(work?: Promise<unknown>): Promise<void>;
}

export interface TelemetryOptions {
  readonly config: TelemetryConfig;
  /** What it is called where the platform does not say. */
  readonly service: string;
  readonly log: Log;
}

/** Cloud Monitoring refuses points of a series that come closer than 5 s. */
const gaps: Readonly<Record<Target, number>> = { cloud: 5_500, otlp: 0, none: 0 };
const requestGapMs = 10_000;
const grace = { allMs: 9_800, leastMs: 1_000 };

const off: Telemetry = {
  load: async () => {},
  requestEnded: () => {},
  flush: async () => {},
  close: async (work) => void (await work),
};

const atMost = (ms: number, work: Promise<unknown>): Promise<unknown> =>
  Promise.race([work, sleep(ms, undefined, { ref: false })]);

/** Loads the SDK in the background of a running program. */
function loader({ config, service, log }: TelemetryOptions, target: Exclude<Target, 'none'>) {
  const registered = registerProviders({ ratio: config.TRACE_RATIO, hex: randomHex() });
  const own = { service: config.K_SERVICE || service, instance: randomUUID() };
  return async (words: FormatWords): Promise<Sdk | undefined> => {
    try {
      const [{ startSdk }, known] = await Promise.all([import('./sdk.ts'), words()]);
      const sdk = await startSdk({ target, config, own, words: new Set(known), log });
      registered.exportTo(sdk);
      return sdk;
    } catch (error) {
      registered.unregister();
      log.error({ event: 'telemetry', error }, 'Telemetry cannot be sent');
      return undefined;
    }
  };
}

/** Starts to collect metrics and traces, unless the settings turn them off. */
export function startTelemetry(options: TelemetryOptions): Telemetry {
  const { config } = options;
  const target = targetOf(config);
  if (target === 'none') return off;
  const now = (): number => performance.now();
  const pace = createPace({ now, gapMs: gaps[target] });
  const perRequest = createPace({ now, gapMs: requestGapMs });
  const load = loader(options, target);
  let loading: Promise<Sdk | undefined> | undefined;

  const send = async (): Promise<void> => {
    pace.begin();
    perRequest.begin();
    await (await loading)?.flush();
  };
  const begin = async (words: FormatWords): Promise<Sdk | undefined> => {
    const sdk = await load(words);
    if (sdk)
      setInterval(() => pace.restMs() === 0 && void send(), config.OTEL_METRIC_EXPORT_INTERVAL).unref();
    return sdk;
  };
  const last = async (withinMs: number): Promise<void> => {
    const sdk = await loading;
    await sleep(Math.min(pace.restMs(), withinMs));
    await sdk?.close();
  };
  return {
    load: async (words) => {
      loading ??= begin(words);
      await loading;
    },
    requestEnded: () => {
      if (target === 'cloud' && loading && perRequest.restMs() === 0) void send();
    },
    flush: async (withinMs) => void (await atMost(withinMs, send())),
    close: async (work) => {
      const endMs = now() + grace.allMs;
      await work;
      const leftMs = Math.max(grace.leastMs, endMs - now());
      await atMost(leftMs, last(leftMs - grace.leastMs));
    },
  };
}
