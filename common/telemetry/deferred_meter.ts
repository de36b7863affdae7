import type {
  Attributes,
  BatchObservableCallback,
  Context,
  Meter,
  MeterProvider,
  MetricOptions,
  Observable,
  ObservableCallback,
} from '@opentelemetry/api';

/** Measurements that are kept until the SDK is loaded. */
const mostHeld = 10_000;

type Kind = 'createCounter' | 'createUpDownCounter' | 'createHistogram' | 'createGauge';
type ObservableKind = 'createObservableCounter' | 'createObservableUpDownCounter' | 'createObservableGauge';
type Args = [name: string, options: MetricOptions | undefined];
type Measurement = [value: number, attributes?: Attributes, context?: Context];
type Record = (...measurement: Measurement) => void;

interface Deferral {
  /** Runs `work` with the SDK's provider, now or when it is loaded. */
  readonly whenReady: (work: (provider: MeterProvider) => void) => void;
  /** Keeps a measurement until then; drops those beyond the limit. */
  readonly hold: (replay: () => void) => void;
}

type MeterOf = (provider: MeterProvider) => Meter;

/** A counter, histogram or gauge: a single function records. */
function deferInstrument(kind: Kind, args: Args, meterOf: MeterOf, deferral: Deferral) {
  let record: Record | undefined;
  deferral.whenReady((provider) => {
    const real = meterOf(provider)[kind](...args) as { add?: Record; record?: Record };
    record = (real.add ?? real.record)?.bind(real);
  });
  const write: Record = (...measurement) => {
    if (record) record(...measurement);
    else deferral.hold(() => record?.(...measurement));
  };
  return { add: write, record: write };
}

/** The SDK's instrument behind each deferred observable instrument. */
const realOnes = new WeakMap<Observable, Observable>();

/** An observable instrument: its callbacks move to the SDK's instrument. */
function deferObservable(kind: ObservableKind, args: Args, meterOf: MeterOf, deferral: Deferral) {
  const callbacks = new Set<ObservableCallback>();
  let real: Observable | undefined;
  const deferred: Observable = {
    addCallback: (callback: ObservableCallback): void => {
      callbacks.add(callback);
      real?.addCallback(callback);
    },
    removeCallback: (callback: ObservableCallback): void => {
      callbacks.delete(callback);
      real?.removeCallback(callback);
    },
  };
  deferral.whenReady((provider) => {
    real = meterOf(provider)[kind](...args);
    realOnes.set(deferred, real);
    for (const callback of callbacks) real.addCallback(callback);
  });
  return deferred;
}

/** A callback for several instruments observes deferred ones; the SDK only knows its own. */
const translateBatch =
  (callback: BatchObservableCallback): BatchObservableCallback =>
  (result) =>
    callback({
      observe: (instrument, value, attributes) => {
        const real = realOnes.get(instrument);
        if (real) result.observe(real, value, attributes);
      },
    });

function createMeter(meterOf: MeterOf, deferral: Deferral): Meter {
  const batches = new Map<BatchObservableCallback, BatchObservableCallback>();
  const plain = (kind: Kind) => (name: string, options?: MetricOptions) =>
    deferInstrument(kind, [name, options], meterOf, deferral);
  const observable = (kind: ObservableKind) => (name: string, options?: MetricOptions) =>
    deferObservable(kind, [name, options], meterOf, deferral);
  const resolve = (observables: Observable[]) => observables.flatMap((one) => realOnes.get(one) ?? []);
  return {
    createCounter: plain('createCounter'),
    createUpDownCounter: plain('createUpDownCounter'),
    createHistogram: plain('createHistogram'),
    createGauge: plain('createGauge'),
    createObservableCounter: observable('createObservableCounter'),
    createObservableUpDownCounter: observable('createObservableUpDownCounter'),
    createObservableGauge: observable('createObservableGauge'),
    addBatchObservableCallback: (callback, observables) => {
      const own = translateBatch(callback);
      batches.set(callback, own);
      deferral.whenReady((provider) =>
        meterOf(provider).addBatchObservableCallback(own, resolve(observables)),
      );
    },
    removeBatchObservableCallback: (callback, observables) => {
      const own = batches.get(callback);
      if (own)
        deferral.whenReady((provider) =>
          meterOf(provider).removeBatchObservableCallback(own, resolve(observables)),
        );
    },
  };
}

/**
 * A meter provider for the time before the SDK is loaded. It keeps up to 10,000 measurements until `delegateTo` sets
 * the SDK's provider, then passes everything on to that one.
 */
export function createDeferredMeterProvider() {
  let delegate: MeterProvider | undefined;
  const waiting: ((provider: MeterProvider) => void)[] = [];
  const held: (() => void)[] = [];
  const deferral: Deferral = {
    whenReady: (work) => {
      if (delegate) work(delegate);
      else waiting.push(work);
    },
    hold: (replay) => {
      if (held.length < mostHeld) held.push(replay);
    },
  };
  return {
    getMeter: (...args: Parameters<MeterProvider['getMeter']>): Meter =>
      createMeter((provider) => provider.getMeter(...args), deferral),
    delegateTo: (provider: MeterProvider): void => {
      delegate = provider;
      for (const work of waiting.splice(0)) work(provider);
      for (const replay of held.splice(0)) replay();
    },
  };
}
