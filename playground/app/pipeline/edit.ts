import type { Size } from '../source/shown.ts';
import { createStep, moveItem, type Params, type State, type Step, withoutParams } from '../state/model.ts';
import { isOutputParam, operationOf, paramOf } from '../state/page_data.ts';

/** Changes of the steps, as functions from state to state. */
type Edit = (state: State) => State;

const editSteps =
  (change: (steps: readonly Step[]) => readonly Step[]): Edit =>
  (state) => ({ ...state, steps: change(state.steps) });

export const addStep = (step: Step): Edit => editSteps((steps) => [...steps, step]);

export const removeStep = (id: number): Edit => editSteps((steps) => steps.filter((one) => one.id !== id));

export const moveStep = (from: number, to: number): Edit => editSteps((steps) => moveItem(steps, from, to));

/** Sets parameters of a step; undefined takes one away. */
export const setParams = (id: number, more: Readonly<Record<string, string | undefined>>): Edit =>
  editSteps((steps) =>
    steps.map((one) => {
      if (one.id !== id) return one;
      const kept = withoutParams(one.params, Object.keys(more));
      const given = Object.entries(more).filter(([, value]) => value !== undefined);
      // Known parameters keep their place.
      const order = [...new Set([...Object.keys(one.params), ...Object.keys(more)])];
      const all = { ...kept, ...Object.fromEntries(given) } as Params;
      return {
        ...one,
        params: Object.fromEntries(order.flatMap((name) => (name in all ? [[name, all[name] ?? '']] : []))),
      };
    }),
  );

/** Another operation in the place of a step: it keeps the parameters that both take. */
export const changeOperation = (id: number, operation: string): Edit =>
  editSteps((steps) =>
    steps.map((one) =>
      one.id === id ? { ...one, operation, params: paramsFor(operation, one.params) } : one,
    ),
  );

function paramsFor(operation: string, before: Params): Params {
  const { fields } = operationOf(operation);
  const kept = Object.fromEntries(Object.entries(before).filter(([name]) => fields.includes(name)));
  return { ...exampleParams(operation), ...kept };
}

/** Sets the output; an empty value takes a parameter away. */
export const setOutput =
  (name: string, value: string): Edit =>
  (state) => ({
    ...state,
    output: value === '' ? withoutParams(state.output, [name]) : { ...state.output, [name]: value },
  });

const queryParams = (query: string): Params => Object.fromEntries(new URLSearchParams(query));

/** An example replaces the parameters of a step; what it says of the output goes to the output. */
export const useExample =
  (id: number, query: string): Edit =>
  (state) => {
    const all = queryParams(query);
    const output = Object.keys(all).filter(isOutputParam);
    const params = withoutParams(all, output);
    return {
      ...state,
      steps: state.steps.map((one) => (one.id === id ? { ...one, params } : one)),
      output: { ...state.output, ...withoutParams(all, Object.keys(params)) },
    };
  };

/** The parameters of the first example of an operation, without those of the output. */
function exampleParams(operation: string): Params {
  const params = queryParams(operationOf(operation).examples[0]?.query ?? '');
  return withoutParams(params, Object.keys(params).filter(isOutputParam));
}

/** Operations that nothing but their output tells apart; effects go into such a step. */
const plain = 'convert';

/** The middle of a picture, so that an example's area never lies outside. */
const middleOf = ({ width, height }: Size): Params => ({
  top: String(Math.floor(height / 4)),
  left: String(Math.floor(width / 4)),
  areawidth: String(Math.ceil(width / 2)),
  areaheight: String(Math.ceil(height / 2)),
});

/** A step with the values of its first example. `size`: of the picture that it gets. */
export function stepFor(operation: string, size?: Size): Step {
  const params = exampleParams(operation);
  return createStep(operation, params.areawidth && size ? middleOf(size) : params);
}

/** A step of effects alone, with their first values. */
export const stepForParams = (names: readonly string[]): Step =>
  createStep(plain, Object.fromEntries(names.map((name) => [name, firstValue(name)])));

/** The value that a parameter starts with, so that it does something at once. */
export function firstValue(name: string): string {
  const { kind, example = '' } = paramOf(name);
  return kind === 'bool' ? 'true' : example;
}

/** A preset brings its own steps and output; they take the place of those of the page. */
export const choosePreset =
  (preset: string | undefined): Edit =>
  ({ preset: _, ...state }) =>
    preset === undefined ? state : { ...state, preset, steps: [], output: {} };
