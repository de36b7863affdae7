import { Problem } from '../../../common/problem.ts';
import { describeParamError } from './params.ts';

/** A step as the client sent it. */
export interface WireStep {
  readonly operation: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly ignoreFailure: boolean;
}

const invalidJson = (raw: string, reason: string): Problem =>
  new Problem(
    'invalid_param',
    `Error while processing parameters, ${describeParamError({ name: 'operations', raw, reason })}`,
  );

/** The end of the first JSON array or object of a text; the rest is ignored, as Go's decoder does. */
function firstValueEnd(text: string): number {
  let depth = 0;
  let isString = false;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    if (isString) {
      if (char === '\\') at += 1;
      else if (char === '"') isString = false;
    } else if (char === '"') isString = true;
    else if (char === '[' || char === '{') depth += 1;
    else if (char === ']' || char === '}') {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return text.length;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    try {
      return JSON.parse(text.slice(0, firstValueEnd(text)));
    } catch {
      throw invalidJson(text, (error as Error).message);
    }
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The keys of a step, in any letter case, with their types and defaults. */
const keys = {
  operation: { takes: (value: unknown) => typeof value === 'string', absent: '' },
  ignore_failure: { takes: (value: unknown) => typeof value === 'boolean', absent: false },
  params: { takes: isObject, absent: {} },
} as const;
type Key = keyof typeof keys;
const isKey = (name: string): name is Key => Object.hasOwn(keys, name);

function stepIn(value: unknown, raw: string): WireStep {
  if (!isObject(value)) throw invalidJson(raw, 'json: a step must be an object');
  const step: Record<Key, unknown> = { operation: '', ignore_failure: false, params: {} };
  for (const [name, keyValue] of Object.entries(value)) {
    const key = name.toLowerCase();
    if (!isKey(key)) throw invalidJson(raw, `json: unknown field ${JSON.stringify(name)}`);
    if (keyValue !== null && !keys[key].takes(keyValue))
      throw invalidJson(raw, `json: wrong kind of value for ${key}`);
    step[key] = keyValue ?? keys[key].absent;
  }
  return {
    operation: step.operation as string,
    params: step.params as WireStep['params'],
    ignoreFailure: step.ignore_failure as boolean,
  };
}

/** Reads the steps of `operations`; empty text, `null` and `[]` have none. @throws Problem `invalid_param`. */
export function readOperations(raw: string): readonly WireStep[] {
  if (raw.length < 2) return [];
  const value = parse(raw);
  if (value === null) return [];
  if (!Array.isArray(value)) throw invalidJson(raw, 'json: expected an array of steps');
  return value.map((step) => stepIn(step, raw));
}
