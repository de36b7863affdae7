import {
  type Field,
  type FieldValue,
  fitNumber,
  type Parsed,
  readField,
} from '../../../common/fields/field.ts';
import { Problem } from '../../../common/problem.ts';
import {
  params as fields,
  operations,
  type Params,
  resolveAliases,
  type Step,
} from '../../../engine/catalog.ts';
import { notImplemented } from '../../guards/disabled.ts';
import type { EndpointSpec } from '../routes/endpoint.ts';
import { answerImage } from '../routes/image.ts';
import { describeParamError, dropBlackBackground, isOutputType } from './params.ts';
import type { WireStep } from './pipeline_json.ts';

export const maxSteps = 10;
const noSteps = 'Missing or invalid pipeline operations JSON';

/** Operations by the names a pipeline may use. */
const byName: ReadonlyMap<string, string> = new Map(
  operations.flatMap(({ name, aliases = [] }) => [name, ...aliases].map((word) => [word, name] as const)),
);
export const stepNames: readonly string[] = [...byName.keys()];

const invalid = (message: string): Problem => new Problem('invalid_param', message);
/** A value as an error message shows it; objects may be too deep to write. */
function describeValue(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return Array.isArray(value) ? '[...]' : '{...}';
}
const unsupportedValue = (name: string, value: unknown): Problem =>
  invalid(describeParamError({ name, raw: describeValue(value), reason: 'unsupported value' }));

/**
 * Unlike in a query, numbers keep their sign: a negative one counts as absent, unless the field has a use for it.
 * Integers are truncated.
 */
function fromNumber(value: number, field: Field): Parsed {
  const read = field.kind === 'int' ? Math.trunc(value) : value;
  const isAbsent = !(read > 0) && (field.neutral === undefined || field.outside);
  return isAbsent ? { value: undefined } : fitNumber(read, field, 'lenient');
}

/** A list of numbers or colours may be a JSON list, or one number. */
const asText = (value: unknown, { kind }: Field): unknown => {
  if (kind !== 'numbers' && kind !== 'colours') return value;
  if (typeof value === 'number') return String(value);
  return Array.isArray(value) && value.every((item) => typeof item !== 'object') ? value.join(' ') : value;
};

/** Reads one parameter by JSON's rules, and text as in a query. @throws Problem `invalid_param`. */
function readValue(name: string, field: Field, json: unknown): FieldValue | undefined {
  const value = asText(json, field);
  const isNumeric = field.kind === 'int' || field.kind === 'float';
  if (typeof value === 'boolean' && field.kind === 'bool') return value;
  if (typeof value !== 'string' && !(typeof value === 'number' && isNumeric))
    throw unsupportedValue(name, value);
  const read =
    typeof value === 'number' ? fromNumber(value, field) : readField(name, field, value, 'lenient');
  if ('value' in read) return read.value;
  throw invalid(describeParamError({ name, raw: String(value), reason: read.reason }));
}

function readStepParams(wire: WireStep['params']): Params {
  const values: Record<string, FieldValue> = {};
  for (const [name, value] of resolveAliases(Object.entries(wire))) {
    const field: Field | undefined = Object.hasOwn(fields, name)
      ? fields[name as keyof typeof fields]
      : undefined;
    const read = field && readValue(name, field, value);
    if (read !== undefined) values[name] = read;
  }
  const { background } = wire;
  return dropBlackBackground(values as Params, typeof background === 'string' ? background : undefined);
}

/** An unknown type fails `convert`; other steps ignore it. */
function checkStepType(operation: string, { type, ...rest }: Params): Params {
  if (!type) return rest;
  if (isOutputType(type)) return { ...rest, type };
  if (operation === 'convert') throw invalid(`Invalid image type: ${type}`);
  return rest;
}

function readStep({ operation: name, params, ignoreFailure }: WireStep): Step {
  const operation = byName.get(name);
  if (operation === undefined) throw invalid(`Unsupported operation name: ${name}`);
  return { operation, params: checkStepType(operation, readStepParams(params)), ignoreFailure };
}

/**
 * Reads the steps of a pipeline; all are checked before the first one runs.
 * @throws Problem `missing_param` without steps, `invalid_param` for unknown names and unreadable parameters,
 * `not_implemented` for operations that are switched off.
 */
function pipelineSteps(wire: readonly WireStep[], disabled: ReadonlySet<string>): readonly Step[] {
  if (wire.length === 0) throw new Problem('missing_param', noSteps);
  if (wire.length > maxSteps) throw invalid('Maximum allowed pipeline operations exceeded');
  const steps = wire.map(readStep);
  if (steps.some(({ operation }) => disabled.has(operation))) throw notImplemented();
  return steps;
}

const example = '[{"operation":"autorotate"},{"operation":"fit","params":{"width":300,"height":300}}]';

export const pipelineEndpoint: EndpointSpec = {
  name: 'pipeline',
  kind: 'image',
  methods: ['get', 'post'],
  summary: 'Applies several operations in turn, in as few passes over the pixels as possible.',
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
  examples: [
    {
      query: `operations=${encodeURIComponent(example)}`,
      doc: 'Turned upright, then fitted into 300 x 300.',
    },
  ],
  createAnswer:
    ({ context, disabled }) =>
    (exchange) =>
      answerImage(exchange, ({ operations: wire }) => pipelineSteps(wire, disabled), context),
};
