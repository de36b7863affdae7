/** Cloud Monitoring's documented rules for metric descriptors. */
export interface Descriptor {
  readonly type: string;
  readonly unit: string;
  readonly metricKind: string;
  readonly valueType: string;
  readonly labels: readonly { readonly key: string }[];
}

const kinds = [
  ['GAUGE', 'INT64'],
  ['GAUGE', 'DOUBLE'],
  ['CUMULATIVE', 'INT64'],
  ['CUMULATIVE', 'DOUBLE'],
  ['CUMULATIVE', 'DISTRIBUTION'],
].map((pair) => pair.join(' '));

const rules: readonly (readonly [string, (descriptor: Descriptor) => boolean])[] = [
  ['type', ({ type }) => type.length <= 200 && /^custom\.googleapis\.com(\/[A-Za-z][\w.]*)+$/.test(type)],
  ['unit', ({ unit }) => ['1', 'By', 'ms'].includes(unit)],
  ['kind', ({ metricKind, valueType }) => kinds.includes(`${metricKind} ${valueType}`)],
  ['label keys', ({ labels }) => labels.every(({ key }) => /^[a-z][a-z0-9_]{0,99}$/.test(key))],
  ['number of labels', ({ labels }) => labels.length <= 30],
  ['a label once', ({ labels }) => new Set(labels.map(({ key }) => key)).size === labels.length],
];

/** The violated rules; empty when the descriptor is valid. */
export const faultsOf = (descriptor: Descriptor): readonly string[] =>
  rules.filter(([, holds]) => !holds(descriptor)).map(([name]) => `${name}: ${JSON.stringify(descriptor)}`);
