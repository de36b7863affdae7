import { Problem } from '../common/problem.ts';

/** What a finalize event says of an object. */
export interface SourceObject {
  readonly bucket: string;
  readonly name: string;
  readonly generation: string;
  readonly bytes: number;
  /** Custom metadata, keys in lower case. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly cacheControl?: string;
  readonly contentDisposition?: string;
  readonly contentLanguage?: string;
}

/** Headers with which an object is served. */
export const servedHeaders = ['cacheControl', 'contentDisposition', 'contentLanguage'] as const;

type Json = Readonly<Record<string, unknown>>;
const isRecord = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function textIn(data: Json, key: string): string {
  const value = data[key];
  if (typeof value === 'string' && value !== '') return value;
  throw new Problem('invalid_param', `event: expected ${key} as text, got ${JSON.stringify(value)}`);
}

/** A whole number, which some senders write as a number and others as text. */
function digitsIn(data: Json, key: string): string {
  const text = String(data[key]);
  if (/^\d{1,19}$/.test(text)) return text;
  throw new Problem('invalid_param', `event: expected ${key} as digits, got ${JSON.stringify(data[key])}`);
}

/** The data of an event, which may be text or bytes of JSON. */
function parsed(data: unknown): unknown {
  if (typeof data !== 'string' && !Buffer.isBuffer(data)) return data;
  try {
    return JSON.parse(String(data));
  } catch (cause) {
    throw new Problem('invalid_param', 'event: expected JSON', { cause });
  }
}

/** @throws Problem `invalid_param` when this is not the resource of an object. */
export function sourceOf(data: unknown): SourceObject {
  const object = parsed(data);
  if (!isRecord(object))
    throw new Problem('invalid_param', 'event: expected a storage object, got something else');
  const custom = isRecord(object.metadata) ? Object.entries(object.metadata) : [];
  return {
    bucket: textIn(object, 'bucket'),
    name: textIn(object, 'name'),
    generation: digitsIn(object, 'generation'),
    bytes: Number(digitsIn(object, 'size')),
    metadata: Object.fromEntries(custom.map(([key, value]) => [key.toLowerCase(), String(value)])),
    ...Object.fromEntries(
      servedHeaders.flatMap((name) => (typeof object[name] === 'string' ? [[name, object[name]]] : [])),
    ),
  };
}
