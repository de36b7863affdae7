import { Problem } from '../../../common/problem.ts';
import { describeParamError } from './params.ts';

/** A step as it was sent. */
export interface WireStep {
  readonly operation: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly ignoreFailure: boolean;
}

const bad = (raw: string, reason: string): Problem =>
  new Problem(
    'invalid_param',
    `Error while processing parameters, ${describeParamError({ name: 'operations', raw, reason })}`,
  );

/** Where the first JSON array or object of a text ends; what follows is ignored, as Go's decoder does. */
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
      throw bad(text, (error as Error).message);
    }
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The keys of a step, in any letter case: what each takes, and what its absence means. */
const keys = {
  operation: { takes: (value: unknown) => typeof value === 'string', absent: '' },
  ignore_failure: { takes: (value: unknown) => typeof value === 'boolean', absent: false },
  params: { takes: isObject, absent: {} },
} as const;
type Key = keyof typeof keys;
const isKey = (name: string): name is Key => Object.hasOwn(keys, name);

function stepIn(value: unknown, raw: string): WireStep {
  if (!isObject(value)) throw bad(raw, 'json: a step must be an object');
  const step: Record<Key, unknown> = { operation: '', ignore_failure: false, params: {} };
  for (const [name, given] of Object.entries(value)) {
    const key = name.toLowerCase();
    if (!isKey(key)) throw bad(raw, `json: unknown field ${JSON.stringify(name)}`);
    if (given !== null && !keys[key].takes(given)) throw bad(raw, `json: wrong kind of value for ${key}`);
    step[key] = given ?? keys[key].absent;
  }
  return {
    operation: step.operation as string,
    params: step.params as WireStep['params'],
    ignoreFailure: step.ignore_failure as boolean,
  };
}

/** The steps in the text of `operations`; none in an empty text, `null` or `[]`. @throws Problem `invalid_param`. */
export function readOperations(raw: string): readonly WireStep[] {
  if (raw.length < 2) return [];
  const value = parse(raw);
  if (value === null) return [];
  if (!Array.isArray(value)) throw bad(raw, 'json: expected an array of steps');
  return value.map((step) => stepIn(step, raw));
}
