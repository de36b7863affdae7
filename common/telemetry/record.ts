import {
  type Attributes,
  type MeterProvider,
  metrics as metricsApi,
  type ObservableGauge,
  ValueType,
} from '@opentelemetry/api';
import { type Labels, type Metric, type MetricName, metrics } from './instruments.ts';

type Add = (value: number, labels: Attributes) => void;

interface Instruments {
  readonly add: (name: MetricName, value: number, labels: Labels) => void;
  readonly gauge: (name: MetricName) => ObservableGauge;
}

/** The instruments of one meter provider, each made when it is first used. */
function createInstruments(provider: MeterProvider): Instruments {
  const meter = provider.getMeter('imagetx');
  const adds = new Map<MetricName, Add>();
  const gauges = new Map<MetricName, ObservableGauge>();
  const optionsOf = ({ unit, doc: description }: Metric) => ({ unit, description, valueType: ValueType.INT });
  const create = (name: MetricName): Add => {
    const metric: Metric = metrics[name];
    if (metric.kind === 'counter') {
      const counter = meter.createCounter(name, optionsOf(metric));
      return (value, labels) => counter.add(value, labels);
    }
    const advice = { explicitBucketBoundaries: [...(metric.bounds ?? [])] };
    const histogram = meter.createHistogram(name, { ...optionsOf(metric), advice });
    return (value, labels) => histogram.record(value, labels);
  };
  return {
    add: (name, value, labels) => {
      const add = adds.get(name) ?? create(name);
      adds.set(name, add);
      add(value, labels);
    },
    gauge: (name) => {
      const gauge = gauges.get(name) ?? meter.createObservableGauge(name, optionsOf(metrics[name]));
      gauges.set(name, gauge);
      return gauge;
    },
  };
}

const known = new WeakMap<MeterProvider, Instruments>();

/** Those of the API's global provider. */
function currentInstruments(): Instruments {
  const provider = metricsApi.getMeterProvider();
  const instruments = known.get(provider) ?? createInstruments(provider);
  known.set(provider, instruments);
  return instruments;
}

/** Adds to a counter or a histogram of the table. Costs nothing where no telemetry is wanted. */
export function record(name: MetricName, value: number, labels: Labels = {}): void {
  currentInstruments().add(name, value, labels);
}

/** What a gauge shows when metrics are collected. */
export type Reading = () => readonly { readonly value: number; readonly labels: Labels }[];

/** Has a gauge of the table read at each collection; the returned function ends that. */
export function observe(name: MetricName, reading: Reading): () => void {
  const gauge = currentInstruments().gauge(name);
  const callback: Parameters<ObservableGauge['addCallback']>[0] = (result) => {
    for (const { value, labels } of reading()) result.observe(value, labels);
  };
  gauge.addCallback(callback);
  return () => gauge.removeCallback(callback);
}
