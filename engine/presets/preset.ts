import { convertOperation, type Step } from '../conversion.ts';
import { operationNamed } from '../operations/index.ts';
import type { ParamName, Params } from '../params.ts';

/** A conversion with a name. */
export interface Preset {
  readonly name: string;
  /** At least one. */
  readonly steps: readonly Step[];
}

/** Presets by name. */
export type Presets = ReadonlyMap<string, Preset>;

export const noPresets: Presets = new Map();

const takes = ({ operation }: Step, name: ParamName): boolean =>
  operationNamed(operation).fields.includes(name);

/** Sets one parameter in the steps that set it already, else in the last step whose operation takes it. */
function setParam(steps: readonly Step[], name: ParamName, value: unknown): readonly Step[] {
  const isSet = steps.some(({ params }) => params[name] !== undefined);
  const last = steps.findLastIndex((step) => takes(step, name));
  return steps.map((step, index) => {
    const isChanged = isSet ? step.params[name] !== undefined : index === last;
    return isChanged ? { ...step, params: { ...step.params, [name]: value } } : step;
  });
}

/**
 * Steps with further parameters, which win. A parameter that some steps set is replaced there; another one goes to the
 * last step whose operation takes it.
 */
export const overrideParams = (steps: readonly Step[], params: Params): readonly Step[] =>
  Object.entries(params)
    .filter(([, value]) => value !== undefined)
    .reduce((made, [name, value]) => setParam(made, name as ParamName, value), steps);

/**
 * Steps with one more. `convert`, and an operation like that of the last step, only override parameters; another
 * operation follows.
 */
export function addStep(steps: readonly Step[], step: Step): readonly Step[] {
  const isSame = [convertOperation, steps.at(-1)?.operation].includes(step.operation);
  return steps.length > 0 && isSame ? overrideParams(steps, step.params) : [...steps, step];
}

/** The steps in a line: `crop width=240 height=240, then blur sigma=2`. */
export const describePreset = ({ steps }: Preset): string =>
  steps
    .map(({ operation, params }) =>
      [operation, ...Object.entries(params).map(([name, value]) => `${name}=${value}`)].join(' '),
    )
    .join(', then ');
