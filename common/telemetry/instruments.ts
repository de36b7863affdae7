import { problemCodes } from '../problem.ts';

/** The values of each label. `format` stands for any name of a picture format; only the engine knows those. */
export const labelValues = {
  filetype: 'format',
  input: 'format',
  output: 'format',
  door: ['inline', 'onthefly', 'batch'],
  outcome: ['converted', 'failed'],
  code: problemCodes,
  state: ['running', 'waiting'],
  saved: ['not_modified', 'coalesced', 'unchanged', 'kept'],
} as const satisfies Readonly<Record<string, 'format' | readonly string[]>>;

export type LabelName = keyof typeof labelValues;
export type Labels = Readonly<Partial<Record<LabelName, string | undefined>>>;

export interface Metric {
  readonly kind: 'counter' | 'histogram' | 'gauge';
  /** In UCUM's notation. */
  readonly unit: 'By' | 'ms' | '1';
  readonly doc: string;
  readonly labels: readonly LabelName[];
  /** Upper bounds of a histogram's buckets. */
  readonly bounds?: readonly number[];
}

const kib = 1024;
const mib = 1024 * kib;
const byteBounds = [1, 2, 4, 16, 64, 256]
  .map((n) => n * kib)
  .concat([1, 4, 16, 64, 256, 1024, 4096].map((n) => n * mib));
const msBounds = [5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000, 120_000];

/** Prefix of a metric's type in Cloud Monitoring. */
export const typePrefix = 'custom.googleapis.com/opencensus';

/** Every metric of the product. */
export const metrics = {
  'mBytes/bytes': {
    kind: 'histogram',
    unit: 'By',
    doc: 'Bytes processed by file type',
    labels: ['filetype'],
    bounds: byteBounds,
  },
  'imagetx/bytes_in': {
    kind: 'counter',
    unit: 'By',
    doc: 'Bytes of input pictures',
    labels: ['input', 'output', 'door', 'outcome'],
  },
  'imagetx/bytes_out': {
    kind: 'counter',
    unit: 'By',
    doc: 'Bytes of output pictures',
    labels: ['input', 'output', 'door', 'outcome'],
  },
  'imagetx/conversion_ms': {
    kind: 'histogram',
    unit: 'ms',
    doc: 'Time of a conversion, including its wait for a slot',
    labels: ['input', 'output', 'door'],
    bounds: msBounds,
  },
  'imagetx/line': {
    kind: 'gauge',
    unit: '1',
    doc: 'Conversions that are running or waiting',
    labels: ['state'],
  },
  'imagetx/retries': {
    kind: 'counter',
    unit: '1',
    doc: 'Attempts of a task after the first one',
    labels: ['door'],
  },
  'imagetx/failures': {
    kind: 'counter',
    unit: '1',
    doc: 'Requests and attempts that failed',
    labels: ['door', 'code'],
  },
  'imagetx/saved': {
    kind: 'counter',
    unit: '1',
    doc: 'Responses without a conversion: the client or the bucket already had the output, or another request was making it',
    labels: ['door', 'saved'],
  },
} as const satisfies Readonly<Record<string, Metric>>;

export type MetricName = keyof typeof metrics;

/** The value of a label that is missing, and of one whose value is not in its set. */
const fallback = { missing: 'none', unknown: 'other' } as const;

function closedValue(name: LabelName, value: string | undefined, formatNames: ReadonlySet<string>): string {
  if (value === undefined) return fallback.missing;
  const known = labelValues[name];
  const isKnown = known === 'format' ? formatNames.has(value) : (known as readonly string[]).includes(value);
  return isKnown ? value : fallback.unknown;
}

/** All labels of a metric, each with a value of its closed set. */
export function labelsOf(
  metric: Metric,
  given: Labels,
  formatNames: ReadonlySet<string>,
): Record<string, string> {
  return Object.fromEntries(metric.labels.map((name) => [name, closedValue(name, given[name], formatNames)]));
}
