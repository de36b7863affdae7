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

In Cloud Monitoring a metric’s type is \`${typePrefix}/\` and its name; OTLP carries the name alone.

| metric | kind | unit | labels | what |
| --- | --- | --- | --- | --- |
${all.map(metricRow).join('\n')}

Every label has a closed set of values, so that series stay few; what is in no set is \`other\`, what was not said is \`none\`.

| label | values |
| --- | --- |
${Object.entries(labelValues).map(labelRow).join('\n')}

Boundaries of distributions, the largest value of each bucket but the last:

${all.flatMap(boundsRow).join('\n')}
`;
};
