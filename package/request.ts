import { Problem } from '../common/problem.ts';
import { nearest } from '../common/suggest.ts';
import {
  acceptedFormats,
  addStep,
  type Conversion,
  conversionOf,
  convertOperation,
  type DoorName,
  inFormat,
  operationNamed,
  operations,
  type Params,
  type Presets,
  params,
  presetNamed,
  type Step,
  writableFormat,
} from '../engine/catalog.ts';
import { checkNames, readParameters } from './options.ts';
import type { ConvertOptions, Step as PublicStep } from './types.ts';

/** What every browser of today shows. */
const usualAccept = 'image/avif,image/webp,image/png,image/jpeg,image/gif';

/** @throws Problem `invalid_param` unless it is text: JavaScript has no types. */
function checkText(name: string, value: unknown): asserts value is string {
  if (typeof value !== 'string')
    throw new Problem(
      'invalid_param',
      `${name}: expected text, got ${value === null ? 'null' : typeof value}`,
    );
}

/** @throws Problem `invalid_param` when there is no such operation. */
function checkOperation(name: unknown): asserts name is string {
  checkText('operation', name);
  const names = operations.flatMap((one) => [one.name, ...(one.aliases ?? [])]);
  if (names.includes(name)) return;
  const hint = nearest(name, names);
  const known = hint ? `; did you mean ${hint}?` : `; expected one of ${names.join(', ')}`;
  throw new Problem('invalid_param', `operation: no such operation as ${JSON.stringify(name)}${known}`);
}

/** The parameters of a step. @throws Problem for parameters that the operation does not take, which would be typos. */
function readStep(step: PublicStep): Step {
  if (typeof step !== 'object' || step === null)
    throw new Problem('invalid_param', `steps: expected objects with an operation, got ${String(step)}`);
  const { operation, ignoreFailure, ...given } = step;
  checkOperation(operation);
  const names = operationNamed(operation).fields.filter((name) => name !== 'type');
  checkNames(given, names, `parameter of ${operation}`);
  const table = Object.fromEntries(names.map((name) => [name, params[name]]));
  const values = readParameters(table, given) as Params;
  return { operation, params: values, ...(ignoreFailure ? { ignoreFailure } : {}) };
}

/** How the calls of a converter are read. */
export interface RequestRules {
  readonly door: DoorName;
  readonly presets: Presets;
}

type StepOptions = Omit<ConvertOptions, 'format' | 'accept' | 'signal'>;

/** The steps of a call that has several. */
function readList(steps: unknown, stray: readonly string[]): readonly Step[] {
  if (stray[0] !== undefined)
    throw new Problem('invalid_param', `${stray[0]}: expected it in one of the steps, got it beside them`);
  if (!Array.isArray(steps) || steps.length === 0)
    throw new Problem('missing_param', 'steps: expected a list with at least one step');
  return steps.map(readStep);
}

/** The steps of a call: those of its preset, then its own. */
function readSteps({ steps, preset, operation, ...given }: StepOptions, presets: Presets): readonly Step[] {
  const base = preset === undefined ? [] : presetNamed(presets, preset).steps;
  if (steps !== undefined) return [...base, ...readList(steps, Object.keys(given))];
  const own = readStep({ operation: operation ?? convertOperation, ...given });
  return base.length > 0 ? addStep(base, own) : [own];
}

/**
 * The conversion that a call asks for. `usualFormat` is that of an output without a wanted one.
 * @throws Problem `invalid_param`, `missing_param`, `unsupported_output`.
 */
export function readRequest(
  { format, accept = usualAccept, ...rest }: Omit<ConvertOptions, 'signal'>,
  usualFormat: string,
  { door, presets }: RequestRules,
): Conversion {
  const steps = readSteps(rest, presets);
  checkText('accept', accept);
  if (format) checkText('format', format);
  const wanted = format ?? conversionOf(steps, door).output.type ?? usualFormat;
  if (wanted === 'auto') return conversionOf(inFormat(steps, 'auto'), door, acceptedFormats(accept));
  return conversionOf(inFormat(steps, writableFormat(wanted).name), door);
}
