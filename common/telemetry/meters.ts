import { type Attributes, type Meter, ValueType } from '@opentelemetry/api';
import { labelsOf, type Metric, type MetricName, metrics } from './instruments.ts';
import { readingsOf, type Take } from './record.ts';

type Words = ReadonlySet<string>;
type Instrument = (value: number, labels: Attributes) => void;

function instrument(meter: Meter, name: MetricName, words: Words): Instrument {
  const metric: Metric = metrics[name];
  const { kind, unit, doc: description, bounds } = metric;
  const options = { unit, description, valueType: ValueType.INT };
  if (kind === 'counter') {
    const counter = meter.createCounter(name, options);
    return (value, labels) => counter.add(value, labels);
  }
  if (kind === 'histogram') {
    const advice = { explicitBucketBoundaries: [...(bounds ?? [])] };
    const histogram = meter.createHistogram(name, { ...options, advice });
    return (value, labels) => histogram.record(value, labels);
  }
  meter.createObservableGauge(name, options).addCallback((result) => {
    for (const reading of readingsOf(name)) {
      for (const { value, labels } of reading()) result.observe(value, labelsOf(metric, labels, words));
    }
  });
  return () => {};
}

/** Makes the instruments; what is returned takes points. `words`: every word for a format. */
export function createMeters(meter: Meter, words: Words): Take {
  const names = Object.keys(metrics) as MetricName[];
  const instruments = new Map(names.map((name) => [name, instrument(meter, name, words)]));
  return ({ name, value, labels }) => instruments.get(name)?.(value, labelsOf(metrics[name], labels, words));
}
