import { serveFields } from '../cli/commands/serve/fields.ts';
import { expectation, type Field } from '../common/fields/field.ts';

type Schema = Readonly<Record<string, unknown>>;

const text: Schema = { type: 'string' };
const flag: Schema = { type: 'boolean' };
const count: Schema = { type: 'integer', minimum: 1 };
const port: Schema = { type: 'integer', minimum: 1, maximum: 65_535 };
const anything: Schema = { type: 'object' };
/** Kubernetes takes text only: `--set-string podLabels.a=1`. */
const texts: Schema = { type: 'object', additionalProperties: { type: ['string', 'null'] } };
/** Name of a Service; empty: the chart's own. */
const label: Schema = { type: 'string', pattern: '^([a-z]([-a-z0-9]{0,61}[a-z0-9])?)?$' };
const list = (items: Schema): Schema => ({ type: 'array', items });
const group = (properties: Readonly<Record<string, Schema>>): Schema => ({
  type: 'object',
  additionalProperties: false,
  properties,
});

/** The chart sets these itself; those without effect are flags of Imaginary. */
const notSettings = ['HOST', 'PORT', 'METRICS_PORT', 'HELP', 'H', 'VERSION', 'V', 'GZIP', 'MRELEASE'];

const scalars: Readonly<Record<string, Schema>> = {
  int: { type: ['integer', 'string', 'null'], pattern: '^-?[0-9]+$' },
  float: { type: ['number', 'string', 'null'], pattern: '^-?[0-9.]+$' },
  bool: { type: ['boolean', 'string', 'null'] },
};

function settingSchema(field: Field): Schema {
  const description = `${field.doc} Takes ${expectation(field)}.`;
  const values = field.kind === 'enum' ? { enum: [...(field.values ?? []), null] } : undefined;
  return { ...(values ?? scalars[field.kind] ?? { type: ['string', 'null'] }), description };
}

/** Keys are no settings of the chart: they come from a Secret. */
const settings = (): Readonly<Record<string, Schema>> =>
  Object.fromEntries(
    Object.entries(serveFields as Readonly<Record<string, Field>>)
      .filter(([name, { secret }]) => !secret && !notSettings.includes(name))
      .map(([name, field]) => [name, settingSchema(field)]),
  );

const values = (): Readonly<Record<string, Schema>> => ({
  image: group({
    repository: text,
    digest: { type: 'string', pattern: '^(sha256:[0-9a-f]{64})?$' },
    tag: text,
    pullPolicy: { enum: ['Always', 'IfNotPresent', 'Never'] },
    pullSecrets: list(anything),
  }),
  // `--set args={-p,9000}` makes a number.
  args: list({ type: ['string', 'number'] }),
  settings: group(settings()),
  secret: group({
    name: text,
    keys: { type: 'object', additionalProperties: { type: ['string', 'null'] } },
    optional: flag,
  }),
  port,
  service: group({
    name: label,
    type: { enum: ['ClusterIP', 'NodePort', 'LoadBalancer'] },
    port,
    annotations: texts,
  }),
  serviceAccount: group({ create: flag, name: text, annotations: texts }),
  replicas: count,
  autoscaling: group({
    enabled: flag,
    minReplicas: count,
    maxReplicas: count,
    targetCPU: { ...count, maximum: 100 },
  }),
  disruptionBudget: group({ enabled: flag, maxUnavailable: { type: ['integer', 'string'] } }),
  networkPolicy: group({ enabled: flag, egress: list(anything) }),
  metrics: group({
    enabled: flag,
    port,
    from: list(anything),
    serviceMonitor: group({ enabled: flag, interval: text, labels: texts }),
    otlpEndpoint: { type: 'string', pattern: '^(https?://.+)?$' },
  }),
  ingress: group({ enabled: flag, className: text, host: text, tlsSecret: text, annotations: texts }),
  gateway: group({
    enabled: flag,
    parent: anything,
    className: text,
    host: text,
    tlsSecret: text,
    timeout: text,
  }),
  resources: anything,
  terminationGracePeriodSeconds: count,
  podLabels: texts,
  podAnnotations: texts,
  nodeSelector: texts,
  tolerations: list(anything),
  affinity: anything,
  priorityClassName: text,
  volumes: list(anything),
  volumeMounts: list(anything),
  presets: anything,
  // Helm's own.
  global: anything,
});

/** The schema of the Helm chart's values. */
export const helmSchema = (): string =>
  `${JSON.stringify({ $schema: 'https://json-schema.org/draft-07/schema#', ...group(values()) }, null, 2)}\n`;
