import {
  type Attributes,
  context,
  createNoopMeter,
  type Meter,
  metrics,
  propagation,
  trace,
} from '@opentelemetry/api';
import { registerProviders } from '../../../common/telemetry/early.ts';
import type { EndedSpan } from '../../../common/telemetry/recording_span.ts';

export interface Point {
  readonly name: string;
  readonly value: number;
  readonly labels: Attributes;
}

/** Collects the measurements of the API's counters and histograms, in order. */
export function collectPoints(): Point[] {
  const points: Point[] = [];
  const instrument = (name: string) => {
    const add = (value: number, labels: Attributes = {}) => void points.push({ name, value, labels });
    return { add, record: add };
  };
  const meter = Object.assign(createNoopMeter(), { createCounter: instrument, createHistogram: instrument });
  metrics.disable();
  metrics.setGlobalMeterProvider({ getMeter: () => meter });
  return points;
}

/** Numbers of running and waiting conversions. */
export type Load = Readonly<Record<string, number>>;

/** Returns a function that reads the gauge of the queue of the service that starts next. */
export function watchQueue(): () => Load {
  let read: ((result: { observe(value: number, labels: Attributes): void }) => void) | undefined;
  const createObservableGauge = () => ({
    addCallback: (callback: typeof read) => {
      read = callback;
    },
    removeCallback: () => {},
  });
  const meter = Object.assign(createNoopMeter(), { createObservableGauge }) as unknown as Meter;
  metrics.disable();
  metrics.setGlobalMeterProvider({ getMeter: () => meter });
  return () => {
    const load: Record<string, number> = {};
    read?.({ observe: (value, { state }) => Object.assign(load, { [String(state)]: value }) });
    return load;
  };
}

let made = 0;
/** Fixed numbers instead of random ones. */
export const countingHex = (bytes: number): string => {
  made += 1;
  return made.toString(16).padStart(bytes * 2, '0');
};

/** Collects ended spans of sampled traces. */
export function collectSpans(ratio = 1): EndedSpan[] {
  const spans: EndedSpan[] = [];
  const meterProvider = { getMeter: createNoopMeter };
  registerProviders({ ratio, hex: countingHex }).exportTo({
    meterProvider,
    onEnd: (span) => void spans.push(span),
  });
  return spans;
}

export function stopCollecting(): void {
  for (const api of [trace, metrics, context, propagation]) api.disable();
}
