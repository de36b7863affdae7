import { refusal } from '../api/refusal.ts';

/** The attributes that a caller may set on an object. */
export type Attributes = {
  readonly contentType?: string;
  readonly cacheControl?: string;
  readonly contentDisposition?: string;
  readonly contentEncoding?: string;
  readonly contentLanguage?: string;
  readonly customTime?: string;
  readonly storageClass?: string;
  readonly metadata?: Readonly<Record<string, string>>;
};

/** A committed object in its form on disk. `generation` is in microseconds, unique and increasing. */
export type StoredObject = Attributes & {
  readonly bucket: string;
  readonly name: string;
  readonly generation: number;
  readonly metageneration: number;
  readonly size: number;
  /** Absent from composed objects. */
  readonly md5Hash?: string;
  readonly crc32c: string;
  /** Number of uploads in a composed object. */
  readonly componentCount?: number;
  readonly timeCreated: string;
  readonly updated: string;
  /** From the upload, such as `publicRead`. Has no effect: all objects are readable here. */
  readonly predefinedAcl?: string;
};

export type ObjectPath = { readonly bucket: string; readonly name: string };

const textAttributes = [
  'contentType',
  'cacheControl',
  'contentDisposition',
  'contentEncoding',
  'contentLanguage',
  'customTime',
  'storageClass',
] as const;

type Json = Readonly<Record<string, unknown>>;
const isRecord = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Parses a JSON body, which must be an object; an empty body is `{}`. */
export function jsonObject(text: string): Json {
  if (text.trim() === '') return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw Object.assign(refusal(400, 'Parse Error: the body is not JSON'), { cause });
  }
  if (isRecord(value)) return value;
  throw refusal(400, 'Parse Error: the body is not a JSON object');
}

/** Merges `body` into `before` as PATCH does: null deletes, other attributes stay. */
export function mergeAttributes(before: Attributes, body: Json): Attributes {
  const pairs = textAttributes.map((name) => [name, name in body ? body[name] : before[name]]);
  const kept = Object.fromEntries(pairs.filter(([, value]) => value !== null && value !== undefined));
  const metadata = mergeMetadata(before.metadata ?? {}, body.metadata);
  return Object.keys(metadata).length > 0 ? { ...kept, metadata } : kept;
}

function mergeMetadata(before: Readonly<Record<string, string>>, patch: unknown): Record<string, string> {
  if (patch === null) return {};
  if (patch === undefined) return { ...before };
  if (!isRecord(patch)) throw refusal(400, 'metadata: expected an object of strings');
  const merged = Object.entries({ ...before, ...patch }).filter(([, value]) => value !== null);
  return Object.fromEntries(merged.map(([name, value]) => [name, String(value)]));
}

/** `object` with exactly `attributes`. */
export function withAttributes(object: StoredObject, attributes: Attributes): StoredObject {
  const settable = new Set<string>([...textAttributes, 'metadata']);
  const fixed = Object.entries(object).filter(([name]) => !settable.has(name));
  return { ...(Object.fromEntries(fixed) as Omit<StoredObject, keyof Attributes>), ...attributes };
}

export function attributesOf(object: Attributes): Attributes {
  return mergeAttributes(object, {});
}

/** Checks an object name: 1 to 1024 bytes of UTF-8, no line breaks, neither `.` nor `..`. */
export function checkObjectName(name: unknown): string {
  if (typeof name !== 'string' || name === '') throw refusal(400, 'Required: object name');
  const isAllowed = Buffer.byteLength(name) <= 1024 && !/[\r\n]/.test(name) && name !== '.' && name !== '..';
  if (isAllowed) return name;
  throw refusal(400, `Invalid object name: '${name.slice(0, 80)}'`);
}
