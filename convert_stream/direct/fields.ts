import type { IncomingMessage } from 'node:http';
import { describeParseError, type FieldTable, readFields, type ValuesOf } from '../../common/fields/field.ts';
import { checkName } from '../../common/object_name.ts';
import { Problem } from '../../common/problem.ts';
import { formatNamed, formats } from '../../engine/catalog.ts';
import { checkOneEach, type Query, readQuery } from '../http/query.ts';
import { uploadOf } from '../upload/multipart.ts';

/** The fields of `POST /uploads`. */
export const uploadFields = {
  name: {
    kind: 'string',
    doc: 'Name of the outputs without extension, folders allowed. Default: `picture`.',
    example: 'holiday/beach',
  },
  formats: { kind: 'list', doc: 'Output formats.', example: 'webp,avif' },
  sizes: { kind: 'list', doc: 'Widths in pixels: one output per format and width.', example: '320,640' },
  params: {
    kind: 'string',
    doc: 'Parameters of the conversion as a query string; `params-webp` and the like are for one format.',
    example: 'quality=70',
  },
  presets: { kind: 'list', doc: 'Names of presets: one output each.', example: 'card' },
  bytes: {
    kind: 'int',
    required: true,
    min: 1,
    unit: 'bytes',
    doc: 'Exact size of the picture.',
    example: '52428800',
  },
  type: {
    kind: 'string',
    default: 'application/octet-stream',
    doc: 'Content type of the picture.',
    example: 'image/jpeg',
  },
} as const satisfies FieldTable;

export type UploadRequest = ValuesOf<typeof uploadFields> & {
  /** The object metadata that says what to make, without the name. */
  readonly metadata: Readonly<Record<string, string>>;
};

/** Fields that become metadata of the source, as they are: they decide what is made. */
const metadataNames: readonly string[] = ['formats', 'sizes', 'params', 'presets'];
const isForFormat = (name: string): boolean =>
  name.startsWith('params-') && formatNamed(name.slice('params-'.length)) !== undefined;
const decidesConversion = (name: string): boolean => metadataNames.includes(name) || isForFormat(name);
/** Query parameters that belong to the guards. */
const guardNames: readonly string[] = ['key', 'sign', 'expires'];
/** What a client may add to a signed URL: facts about the picture, which decide nothing. */
const factNames: readonly string[] = ['bytes', 'type', 'key'];

type Texts = ReadonlyMap<string, string>;

const invalid = (message: string): Problem => new Problem('invalid_param', message);

const isScalar = (value: unknown): value is string | number | boolean =>
  ['string', 'number', 'boolean'].includes(typeof value);

/** A JSON value as the text of a field: lists with commas, objects as query strings. */
function textOf(name: string, value: unknown): string {
  if (isScalar(value)) return String(value);
  if (Array.isArray(value) && value.every(isScalar)) return value.map(String).join(',');
  if (typeof value !== 'object' || value === null || !Object.values(value).every(isScalar))
    throw invalid(`${name}: expected text, a number, or a list or an object of them, got other JSON`);
  return new URLSearchParams(
    Object.entries(value).map(([key, one]): [string, string] => [key, String(one)]),
  ).toString();
}

function parseJson(body: string): Texts {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch (cause) {
    throw new Problem('invalid_param', 'body: expected JSON', { cause });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalid('body: expected a JSON object');
  return new Map(Object.entries(value).map(([name, one]) => [name, textOf(name, one)]));
}

/** The fields in the body: a form of either kind, or JSON. */
function bodyTexts(req: IncomingMessage, body: string): Texts {
  const form = uploadOf(req);
  if (form && form.files.length > 0)
    throw invalid('body: expected no file; send the picture to the uploadUrl of the answer');
  if (form) {
    checkOneEach(form);
    return form.fields;
  }
  if (body.trim() === '') return new Map();
  const isForm = /^application\/x-www-form-urlencoded\b/i.test(req.headers['content-type'] ?? '');
  if (!isForm) return parseJson(body);
  const query = readQuery(body);
  checkOneEach(query);
  return query.texts;
}

/** Fields of the query and of the body together. @throws Problem `invalid_param` when the two differ. */
function mergeTexts(query: Texts, body: Texts, isSigned: boolean): Texts {
  const unsigned = [...body.keys()].find((name) => isSigned && !factNames.includes(name) && !query.has(name));
  if (unsigned !== undefined) throw invalid(`${unsigned}: expected it in the signed URL, got it in the body`);
  for (const [name, text] of query) {
    if (body.has(name) && body.get(name) !== text)
      throw invalid(`${name}: expected one value, got two: one in the query, another in the body`);
  }
  return new Map([...query, ...body].filter(([name]) => !guardNames.includes(name)));
}

function checkNames(texts: Texts): void {
  const unknown = [...texts.keys()].filter(
    (name) => !Object.hasOwn(uploadFields, name) && !isForFormat(name),
  );
  if (unknown.length === 0) return;
  const got = unknown.map((name) => JSON.stringify(name)).join(', ');
  throw invalid(`fields: expected ${Object.keys(uploadFields).join(', ')} and params-FORMAT, got ${got}`);
}

/** @throws Problem `forbidden` for a conversion that is no preset. */
function checkOnlyPresets(texts: Texts): void {
  const other = [...texts.keys()].find((name) => name !== 'presets' && decidesConversion(name));
  if (other !== undefined)
    throw new Problem('forbidden', `${other}: expected presets alone, since ONLY_PRESETS is set`);
}

const readableTypes: ReadonlySet<string> = new Set([
  'application/octet-stream',
  ...formats.filter(({ reads }) => reads).map(({ mime }) => mime),
]);

/** The content type without parameters. Whether the bytes are such a picture is seen when they are converted. */
function readType(text: string): string {
  const [mime = ''] = text.trim().toLowerCase().split(/\s*;/);
  if (mime === '') return uploadFields.type.default;
  if (readableTypes.has(mime) || /^image\/[a-z0-9.+-]{1,60}$/.test(mime)) return mime;
  throw new Problem('unsupported_input', `type: expected the type of a picture, got ${JSON.stringify(mime)}`);
}

function checkBytes(bytes: number, maxBytes: number): void {
  if (bytes <= maxBytes) return;
  throw new Problem('too_large', `bytes: expected at most ${maxBytes}, got ${bytes}`);
}

/** Limit of Cloud Storage for all metadata of an object, less room for imagetx's own. */
const maxMetadataBytes = 7 * 1024;

function pickMetadata(texts: Texts): Readonly<Record<string, string>> {
  const picked = [...texts].filter(([name, text]) => text !== '' && decidesConversion(name));
  if (!picked.some(([name]) => name === 'formats' || name === 'presets'))
    throw new Problem('missing_param', 'formats: expected a list such as webp,avif, got nothing');
  const bytes = Buffer.byteLength(picked.flat().join(''));
  if (bytes > maxMetadataBytes)
    throw invalid(`fields: expected at most ${maxMetadataBytes} bytes together, got ${bytes}`);
  return Object.fromEntries(picked);
}

export interface RequestParts {
  readonly req: IncomingMessage;
  readonly query: Query;
  /** The body, unless it is a multipart form. */
  readonly body: string;
  readonly maxBytes: number;
  /** Whether the URL is signed: then the body may say nothing that the URL does not. */
  readonly isSigned: boolean;
  /** Whether presets are the only conversions that clients may ask for. */
  readonly onlyPresets: boolean;
}

/** Reads the request for an upload. @throws Problem `invalid_param`, `missing_param`, `too_large`, `unsupported_input`. */
export function readUploadRequest({ req, query, body, ...rules }: RequestParts): UploadRequest {
  checkOneEach(query);
  const texts = mergeTexts(query.texts, bodyTexts(req, body), rules.isSigned);
  checkNames(texts);
  if (rules.onlyPresets) checkOnlyPresets(texts);
  const { values, errors } = readFields(uploadFields, texts, 'exact');
  if (errors.length > 0) throw invalid(errors.map(describeParseError).join('; '));
  if (values.bytes === undefined)
    throw new Problem('missing_param', 'bytes: expected the size of the picture, got nothing');
  checkBytes(values.bytes, rules.maxBytes);
  if (values.name) checkName(values.name);
  return { ...values, type: readType(values.type), metadata: pickMetadata(texts) };
}
