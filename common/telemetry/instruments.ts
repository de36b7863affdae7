import { problemCodes } from '../problem.ts';

/** What a label may say; `format` is any word for a picture format, which only the engine knows. */
export const labelValues = {
  filetype: 'format',
  input: 'format',
  output: 'format',
  door: ['inline', 'onthefly', 'batch'],
  outcome: ['converted', 'failed'],
  code: problemCodes,
  state: ['running', 'waiting'],
  saved: ['not_modified', 'coalesced', 'unchanged'],
} as const satisfies Readonly<Record<string, 'format' | readonly string[]>>;

export type LabelName = keyof typeof labelValues;
export type Labels = Readonly<Partial<Record<LabelName, string | undefined>>>;

export interface Metric {
  readonly kind: 'counter' | 'histogram' | 'gauge';
  /** As UCUM writes it. */
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

/** Cloud Monitoring's type of a metric is this and its name. */
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
    doc: 'Bytes of pictures read',
    labels: ['input', 'output', 'door', 'outcome'],
  },
  'imagetx/bytes_out': {
    kind: 'counter',
    unit: 'By',
    doc: 'Bytes of pictures made',
    labels: ['input', 'output', 'door', 'outcome'],
  },
  'imagetx/conversion_ms': {
    kind: 'histogram',
    unit: 'ms',
    doc: 'Time of a conversion, its wait for a place included',
    labels: ['input', 'output', 'door'],
    bounds: msBounds,
  },
  'imagetx/line': {
    kind: 'gauge',
    unit: '1',
    doc: 'Conversions that run and wait',
    labels: ['state'],
  },
  'imagetx/retries': {
    kind: 'counter',
    unit: '1',
    doc: 'Attempts at a task after its first',
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
    doc: 'Answers without a conversion: the client or the bucket had it, or another request was making it',
    labels: ['door', 'saved'],
  },
} as const satisfies Readonly<Record<string, Metric>>;

export type MetricName = keyof typeof metrics;

/** A label where nothing was said, and where something was said that is not in its set. */
const stray = { unsaid: 'none', unknown: 'other' } as const;

function closedValue(name: LabelName, value: string | undefined, words: ReadonlySet<string>): string {
  if (value === undefined) return stray.unsaid;
  const known = labelValues[name];
  const isKnown = known === 'format' ? words.has(value) : (known as readonly string[]).includes(value);
  return isKnown ? value : stray.unknown;
}

/** All labels of a metric, each from its closed set. */
export function labelsOf(metric: Metric, given: Labels, words: ReadonlySet<string>): Record<string, string> {
  return Object.fromEntries(metric.labels.map((name) => [name, closedValue(name, given[name], words)]));
}
