import { describeParseError, type Field, readField } from '../../common/fields/field.ts';
import { asProblem } from '../../common/problem.ts';
import { convertOperation, type Step } from '../conversion.ts';
import { formatNamed } from '../formats/index.ts';
import { operationNamed, operations } from '../operations/index.ts';
import { type ParamName, type Params, params as table } from '../params.ts';

export type Json = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A value as a message shows it. */
export function shown(value: unknown): string {
  try {
    return JSON.stringify(value)?.slice(0, 80) ?? String(value);
  } catch {
    return 'an alias of what it is in';
  }
}

/** Takes a fault, as a sentence that begins with the place of the fault. */
export type Report = (fault: string) => void;

/** The names that a preset may write for operations. */
const operationWords = operations.flatMap(({ name, aliases = [] }) => [name, ...aliases]);

function readOperation(value: unknown, path: string, report: Report): string | undefined {
  if (typeof value === 'string' && operationWords.includes(value)) return operationNamed(value).name;
  const known = operations.map(({ name }) => name).join(', ');
  report(`${path}: expected one of ${known}, got ${shown(value)}`);
  return undefined;
}

const isText = (value: unknown): value is string | number | boolean =>
  ['string', 'number', 'boolean'].includes(typeof value);

/** A value as a query would have it; undefined for one that no parameter has. */
function textOf(value: unknown): string | undefined {
  if (isText(value)) return String(value);
  return Array.isArray(value) && value.every(isText) ? value.join(',') : undefined;
}

/** @param path the place of the value in the file. */
function readValue(name: ParamName, value: unknown, path: string, report: Report) {
  const text = textOf(value);
  if (text === undefined) {
    report(`${path}: expected text, a number, true or false, got ${shown(value)}`);
    return undefined;
  }
  // A request may have numbers beyond the range, which count as absent; in a file they are mistakes.
  const { outside: _, ...field }: Field = { min: 0, ...table[name] };
  const read = readField(path, field, text, 'exact');
  if ('name' in read) report(describeParseError(read));
  else if ('value' in read) return read.value;
  return undefined;
}

/** A type that can be written, or `auto`. */
function checkType({ type }: Params, path: string, report: Report): void {
  if (type === undefined || type === 'auto' || formatNamed(type)?.writes) return;
  report(`${path}.type: expected auto or a format that can be written, got ${shown(type)}`);
}

/** Reads the parameters of an operation. Unknown ones are faults: a typo would go unnoticed. */
export function readParams(value: unknown, operation: string, path: string, report: Report): Params {
  if (value === undefined) return {};
  if (!isObject(value)) {
    report(`${path}: expected parameters by name, got ${shown(value)}`);
    return {};
  }
  const { fields } = operationNamed(operation);
  const entries = Object.entries(value).flatMap(([name, one]) => {
    if (!fields.includes(name as ParamName)) {
      report(`${path}.${name}: expected a parameter of ${operation}, got ${shown(name)}`);
      return [];
    }
    return [[name, readValue(name as ParamName, one, `${path}.${name}`, report)] as const];
  });
  const params = Object.fromEntries(entries.filter(([, one]) => one !== undefined)) as Params;
  checkType(params, path, report);
  return params;
}

/** A picture of any size, to find missing parameters. */
const anyPicture = { width: 1000, height: 1000, orientation: 1 };

/** Reports why a step cannot run, whatever the picture. */
export function checkStep({ operation, params }: Step, path: string, report: Report): void {
  try {
    operationNamed(operation).transform(params, anyPicture);
  } catch (error) {
    report(`${path}: ${asProblem(error).message}`);
  }
}

const stepKeys = ['operation', 'params', 'ignore_failure'];

/** Reports keys that have no meaning here. */
export function checkKeys(value: Json, keys: readonly string[], path: string, report: Report): void {
  for (const key of Object.keys(value))
    if (!keys.includes(key)) report(`${path}.${key}: expected ${keys.join(', ')}, got ${shown(key)}`);
}

/** Reads one step of a pipeline; undefined when it has no known operation. */
export function readStep(value: unknown, path: string, report: Report): Step | undefined {
  if (!isObject(value)) {
    report(`${path}: expected a step with operation and params, got ${shown(value)}`);
    return undefined;
  }
  checkKeys(value, stepKeys, path, report);
  const operation = readOperation(value.operation ?? convertOperation, `${path}.operation`, report);
  if (operation === undefined) return undefined;
  const { ignore_failure: ignoreFailure = false } = value;
  if (typeof ignoreFailure !== 'boolean')
    report(`${path}.ignore_failure: expected true or false, got ${shown(ignoreFailure)}`);
  return {
    operation,
    params: readParams(value.params, operation, `${path}.params`, report),
    ...(ignoreFailure === true ? { ignoreFailure } : {}),
  };
}
