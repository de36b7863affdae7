import { queryText } from '../../../client/query.ts';
import { givenParams, type Params, type Step, type Work } from '../state/model.ts';
import { operationOf, paramOf } from '../state/page_data.ts';

/** A request of the service: a path below its prefix, and the parameters of its query. */
export interface Plan {
  readonly path: string;
  readonly query: Params;
}

const convert = 'convert';

/** `convert` wants a type: that of the output, else that of the input. */
const withType = (operation: string, params: Params, type: string): Params =>
  operation === convert && !params.type && type ? { ...params, type } : params;

const takenBy = (operation: string, params: Params): Params =>
  Object.fromEntries(Object.entries(params).filter(([name]) => operationOf(operation).fields.includes(name)));

const isNumber = (text: string): boolean => /^-?\d+(\.\d+)?$/.test(text);

/** Numbers and booleans as JSON has them; a word for a number stays text, which the service takes as well. */
function jsonValue(name: string, text: string): string | number | boolean {
  const { kind } = paramOf(name);
  if (kind === 'bool') return text === 'true';
  return (kind === 'int' || kind === 'float') && isNumber(text) ? Number(text) : text;
}
const jsonParams = (params: Params) =>
  Object.fromEntries(Object.entries(params).map(([name, text]) => [name, jsonValue(name, text)]));

/** The output needs a step that takes it; without a step and a preset the picture is converted. */
function withOutputStep({ preset, steps }: Work, output: Params): readonly Omit<Step, 'id'>[] {
  const last = steps.at(-1);
  const isDone = last ? Object.keys(output).length === 0 : preset !== undefined;
  const isTaken = last !== undefined && operationOf(last.operation).fields.includes('type');
  return isTaken || isDone ? steps : [...steps, { operation: convert, params: {} }];
}

/**
 * The request for steps and an output. The last step has the parameters of the output; one step alone is an operation,
 * several are a pipeline, none with a preset is the preset. `inputType` is for outputs that name no type.
 */
export function planOf(work: Work, inputType: string): Plan {
  const { preset, output } = work;
  const given = givenParams(output);
  const type = given.type ?? (preset === undefined ? inputType : '');
  const all = withOutputStep(work, given);
  const full = all.map(({ operation, params }, at) => ({
    operation,
    params: withType(
      operation,
      { ...givenParams(params), ...(at === all.length - 1 ? takenBy(operation, given) : {}) },
      type,
    ),
  }));
  const first = preset === undefined ? {} : { preset };
  const [only] = full;
  if (only === undefined) return { path: `/preset/${preset}`, query: given };
  if (full.length === 1) return { path: `/${only.operation}`, query: { ...first, ...only.params } };
  const operations = full.map(({ operation, params }) => ({ operation, params: jsonParams(params) }));
  return { path: '/pipeline', query: { ...first, operations: JSON.stringify(operations) } };
}

/** The address of a plan, without its signature. */
export const targetOf = (prefix: string, { path, query }: Plan): string => {
  const text = queryText(Object.entries(query));
  return `${prefix}${path}${text ? `?${text}` : ''}`;
};
