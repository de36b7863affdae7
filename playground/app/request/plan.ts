import { givenParams, type Params, type Step } from '../state/model.ts';
import { operationOf } from '../state/page_data.ts';

/** A request of the service: a path below its prefix, and the parameters of its query. */
export interface Plan {
  readonly path: string;
  readonly query: Params;
}

const convert = 'convert';

/** `convert` wants a type: that of the output, else that of the input. */
const withType = (operation: string, params: Params, type: string): Params =>
  operation === convert && !params.type ? { ...params, type } : params;

const takenBy = (operation: string, params: Params): Params =>
  Object.fromEntries(Object.entries(params).filter(([name]) => operationOf(operation).fields.includes(name)));

/** Numbers and booleans as JSON has them; the service takes texts as well. */
function jsonValue(text: string): string | number | boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}
const jsonParams = (params: Params) =>
  Object.fromEntries(Object.entries(params).map(([name, text]) => [name, jsonValue(text)]));

/**
 * The request for steps and an output. The last step has the parameters of the output; one step alone is an operation,
 * several are a pipeline. `inputType` is for outputs that name no type.
 */
export function planOf(steps: readonly Step[], output: Params, inputType: string): Plan {
  const given = givenParams(output);
  const type = given.type ?? inputType;
  const all = steps.length > 0 ? steps : [{ operation: convert, params: {} }];
  const full = all.map(({ operation, params }, at) => ({
    operation,
    params: withType(
      operation,
      { ...givenParams(params), ...(at === all.length - 1 ? takenBy(operation, given) : {}) },
      type,
    ),
  }));
  const [only] = full;
  if (full.length === 1 && only) return { path: `/${only.operation}`, query: only.params };
  const operations = full.map(({ operation, params }) => ({ operation, params: jsonParams(params) }));
  return { path: '/pipeline', query: { operations: JSON.stringify(operations) } };
}

/** A query as it is written: spaces as `%20`, and readable where an address allows it. */
export const queryText = (query: Params): string =>
  Object.entries(query)
    .map(
      ([name, value]) => `${name}=${encodeURIComponent(value).replaceAll('%3A', ':').replaceAll('%2C', ',')}`,
    )
    .join('&');

export const targetOf = (prefix: string, { path, query }: Plan): string => {
  const text = queryText(query);
  return `${prefix}${path}${text ? `?${text}` : ''}`;
};
