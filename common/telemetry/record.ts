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

/** The instruments of one meter provider. Each is created at its first use. */
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

/** The instruments of the API's global provider. */
function currentInstruments(): Instruments {
  const provider = metricsApi.getMeterProvider();
  const instruments = known.get(provider) ?? createInstruments(provider);
  known.set(provider, instruments);
  return instruments;
}

/** Records a value of a counter or histogram of the table. Without telemetry the value is discarded. */
export function record(name: MetricName, value: number, labels: Labels = {}): void {
  currentInstruments().add(name, value, labels);
}

/** Reads the current values of a gauge. */
export type Reading = () => readonly { readonly value: number; readonly labels: Labels }[];

/** Reads a gauge of the table at each collection of metrics. Returns a function that stops this. */
export function observe(name: MetricName, reading: Reading): () => void {
  const gauge = currentInstruments().gauge(name);
  const callback: Parameters<ObservableGauge['addCallback']>[0] = (result) => {
    for (const { value, labels } of reading()) result.observe(value, labels);
  };
  gauge.addCallback(callback);
  return () => gauge.removeCallback(callback);
}
