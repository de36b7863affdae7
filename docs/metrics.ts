import { labelValues, type Metric, metrics, typePrefix } from '../common/telemetry/instruments.ts';

const kinds = { counter: 'counter', gauge: 'gauge', histogram: 'distribution' } as const;

const metricRow = ([name, { kind, unit, labels, doc }]: readonly [string, Metric]): string =>
  `| \`${name}\` | ${kinds[kind]} | ${unit} | ${labels.map((label) => `\`${label}\``).join(', ')} | ${doc} |`;

const labelRow = ([name, values]: readonly [string, 'format' | readonly string[]]): string =>
  `| \`${name}\` | ${values === 'format' ? 'names and extensions of [formats](formats.md)' : values.map((value) => `\`${value}\``).join(', ')} |`;

const boundsRow = ([name, { bounds = [], unit }]: readonly [string, Metric]): readonly string[] =>
  bounds.length > 0 ? [`- \`${name}\`, ${unit}: ${bounds.join(', ')}`] : [];

/** The page about metrics: their table. */
export const metricsPage = (): string => {
  const all: readonly (readonly [string, Metric])[] = Object.entries(metrics);
  return `# Metrics

In Cloud Monitoring the type of a metric is \`${typePrefix}/\` and its name; in OTLP it is the name alone.

| metric | kind | unit | labels | what |
| --- | --- | --- | --- | --- |
${all.map(metricRow).join('\n')}

Every label has a closed set of values, so that there are few series. A value outside the set becomes \`other\`, a missing one \`none\`.

| label | values |
| --- | --- |
${Object.entries(labelValues).map(labelRow).join('\n')}

Boundaries of the distributions: the largest value of each bucket except the last.

${all.flatMap(boundsRow).join('\n')}
`;
};
