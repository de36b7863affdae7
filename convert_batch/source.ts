import { Problem } from '../common/problem.ts';

/** The object of a finalize event. */
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

/** Headers that Cloud Storage sends with an object. */
export const servedHeaders = ['cacheControl', 'contentDisposition', 'contentLanguage'] as const;

type Json = Readonly<Record<string, unknown>>;
export const isRecord = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function readText(data: Json, key: string): string {
  const value = data[key];
  if (typeof value === 'string' && value !== '') return value;
  throw new Problem('invalid_param', `event: expected ${key} as text, got ${JSON.stringify(value)}`);
}

/** A whole number; some senders write it as a number, others as text. */
function readDigits(data: Json, key: string): string {
  const text = String(data[key]);
  if (/^\d{1,19}$/.test(text)) return text;
  throw new Problem('invalid_param', `event: expected ${key} as digits, got ${JSON.stringify(data[key])}`);
}

/** Parses the data of an event if it is text or bytes. */
function parse(data: unknown): unknown {
  if (typeof data !== 'string' && !Buffer.isBuffer(data)) return data;
  try {
    return JSON.parse(String(data));
  } catch (cause) {
    throw new Problem('invalid_param', 'event: expected JSON', { cause });
  }
}

/** Reads the resource of an object. @throws Problem `invalid_param` when the data is not one. */
export function readSourceObject(data: unknown): SourceObject {
  const object = parse(data);
  if (!isRecord(object))
    throw new Problem('invalid_param', `event: expected a storage object, got ${JSON.stringify(object)}`);
  const custom = isRecord(object.metadata) ? Object.entries(object.metadata) : [];
  return {
    bucket: readText(object, 'bucket'),
    name: readText(object, 'name'),
    generation: readDigits(object, 'generation'),
    bytes: Number(readDigits(object, 'size')),
    metadata: Object.fromEntries(custom.map(([key, value]) => [key.toLowerCase(), String(value)])),
    ...Object.fromEntries(
      servedHeaders.flatMap((name) => (typeof object[name] === 'string' ? [[name, object[name]]] : [])),
    ),
  };
}
