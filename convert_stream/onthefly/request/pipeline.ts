import { type Field, type FieldValue, readField } from '../../../common/field.ts';
import { Problem } from '../../../common/problem.ts';
import { params as fields, operations, type Params, type Step } from '../../../engine/catalog.ts';
import { notImplemented } from '../../guards/disabled.ts';
import type { EndpointSpec } from '../routes/endpoint.ts';
import { answerImage } from '../routes/image.ts';
import { describeParamError, isOutputType, withoutBlack } from './params.ts';
import type { WireStep } from './pipeline_json.ts';

export const maxSteps = 10;
const empty = 'Missing or invalid pipeline operations JSON';

/** Operations by the names a pipeline may use. */
const byName: ReadonlyMap<string, string> = new Map(
  operations.flatMap(({ name, aliases = [] }) => [name, ...aliases].map((word) => [word, name] as const)),
);
export const stepNames: readonly string[] = [...byName.keys()];

const refused = (message: string): Problem => new Problem('invalid_param', message);
/** A value as it stands in a complaint; what it holds may lie deeper than can be written. */
function shown(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return Array.isArray(value) ? '[...]' : '{...}';
}
const unsupported = (name: string, value: unknown): Problem =>
  refused(describeParamError({ name, raw: shown(value), reason: 'unsupported value' }));

/** Numbers keep their sign here, whole ones are cut off; a negative one counts as absent. */
function fromNumber(value: number, { kind }: Field): FieldValue | undefined {
  const read = kind === 'int' ? Math.trunc(value) : value;
  return read > 0 ? read : undefined;
}

/** One parameter by JSON's rules; text as in a query. @throws Problem `invalid_param`. */
function readValue(name: string, field: Field, value: unknown): FieldValue | undefined {
  const isNumeric = field.kind === 'int' || field.kind === 'float';
  if (typeof value === 'number' && isNumeric) return fromNumber(value, field);
  if (typeof value === 'boolean' && field.kind === 'bool') return value;
  if (typeof value !== 'string') throw unsupported(name, value);
  const read = readField(name, field, value, 'lenient');
  if ('name' in read) throw refused(describeParamError(read));
  return 'value' in read ? read.value : undefined;
}

function readStepParams(given: WireStep['params']): Params {
  const values: Record<string, FieldValue> = {};
  for (const [name, value] of Object.entries(given)) {
    const field: Field | undefined = Object.hasOwn(fields, name)
      ? fields[name as keyof typeof fields]
      : undefined;
    const read = field && readValue(name, field, value);
    if (read !== undefined) values[name] = read;
  }
  const { background } = given;
  return withoutBlack(values as Params, typeof background === 'string' ? background : undefined);
}

/** A type that is none is an error of `convert` and nothing to the others. */
function withType(operation: string, { type, ...rest }: Params): Params {
  if (!type) return rest;
  if (isOutputType(type)) return { ...rest, type };
  if (operation === 'convert') throw refused(`Invalid image type: ${type}`);
  return rest;
}

function stepOf({ operation: name, params, ignoreFailure }: WireStep): Step {
  const operation = byName.get(name);
  if (operation === undefined) throw refused(`Unsupported operation name: ${name}`);
  return { operation, params: withType(operation, readStepParams(params)), ignoreFailure };
}

/**
 * The steps of a pipeline, all checked before the first is done.
 * @throws Problem `missing_param` without steps, `invalid_param` for unknown names and unreadable parameters,
 * `not_implemented` for operations that are switched off.
 */
export function pipelineSteps(wire: readonly WireStep[], disabled: ReadonlySet<string>): readonly Step[] {
  if (wire.length === 0) throw new Problem('missing_param', empty);
  if (wire.length > maxSteps) throw refused('Maximum allowed pipeline operations exceeded');
  const steps = wire.map(stepOf);
  if (steps.some(({ operation }) => disabled.has(operation))) throw notImplemented();
  return steps;
}

const example = '[{"operation":"autorotate"},{"operation":"fit","params":{"width":300,"height":300}}]';

export const pipelineEndpoint: EndpointSpec = {
  name: 'pipeline',
  kind: 'image',
  methods: ['get', 'post'],
  summary: 'Does several operations in turn, with as few passes over the pixels as they allow.',
  parameters: [],
  ownParameters: {
    operations: {
      kind: 'string',
      listOf: 'Step',
      required: true,
      doc: `Up to ${maxSteps} steps, as JSON.`,
      example,
    },
  },
  success: 'picture',
  examples: [{ query: `operations=${encodeURIComponent(example)}`, doc: 'Upright, then inside 300 x 300.' }],
  createAnswer:
    ({ shop, disabled }) =>
    (exchange) =>
      answerImage(exchange, ({ operations: wire }) => pipelineSteps(wire, disabled), shop),
};
