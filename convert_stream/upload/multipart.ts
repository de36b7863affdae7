import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RequestHandler } from 'express';
import multer, { type Options } from 'multer';
import { Problem } from '../../common/problem.ts';
import type { PooledBytes } from '../../common/streams/growing_buffer.ts';
import { firstValues } from '../http/query.ts';
import { admissionOf, createKeyCheck, feedHeld, type KeyCheck, type Parser } from './admission.ts';
import { createBufferPool, pooledStorage } from './buffer_pool.ts';
import { type BodyOptions, meterBody } from './meter.ts';
import { refusePacked } from './packed.ts';
import { decodePartText } from './part_text.ts';

export interface UploadedFile {
  /** Name of the part. */
  readonly field: string;
  /** Name of the file on the client's machine, without folders. */
  readonly name: string;
  readonly data: Buffer;
  /** Gives its memory to the next upload; `data` must not be read afterwards. Otherwise the memory is collected. */
  readonly release: () => void;
}

/** A multipart body, read to its end. */
export interface Upload {
  /** Text parts; of several with one name the first counts. */
  readonly fields: ReadonlyMap<string, string>;
  /** Names of text parts with several values that differ. */
  readonly ambiguous: readonly string[];
  readonly files: readonly UploadedFile[];
}

type Incoming = IncomingMessage & {
  body?: Readonly<Record<string, unknown>>;
  files?: readonly ({ readonly fieldname: string; readonly originalname: string } & PooledBytes)[];
};

const uploads = new WeakMap<IncomingMessage, Upload>();

/** The upload that `receiveUpload` has read of this request; undefined when its body is not multipart. */
export const uploadOf = (req: IncomingMessage): Upload | undefined => uploads.get(req);

export const isMultipart = ({ headers }: IncomingMessage): boolean =>
  /^multipart\//i.test(headers['content-type'] ?? '');

const limits = {
  files: 4,
  fields: 100,
  parts: 104,
  fieldSize: 64 * 1024,
  fieldNameSize: 100,
  headerPairs: 50,
  /** multer makes a list of `a[9]`: its length is that number, and reading a long one takes minutes. */
  fieldArrayIndexLimit: 99,
};

/** Free buffers for the next uploads. */
const freeBuffers = { most: 8, maxBytes: 16 * 1024 * 1024 };

/** Sentences for multer's codes. */
const multerMessages: Readonly<Record<string, string>> = {
  LIMIT_FILE_COUNT: `expected at most ${limits.files} files, got more`,
  LIMIT_FIELD_COUNT: `expected at most ${limits.fields} fields, got more`,
  LIMIT_PART_COUNT: `expected at most ${limits.parts} parts, got more`,
  LIMIT_FIELD_VALUE: `expected at most ${limits.fieldSize} bytes in a field, got more`,
  LIMIT_FIELD_KEY: `expected at most ${limits.fieldNameSize} bytes in a field's name, got more`,
  LIMIT_FIELD_ARRAY_INDEX: `expected at most ${limits.fieldArrayIndexLimit} in the brackets of a field's name, got more`,
  MISSING_FIELD_NAME: 'expected every part to have a name, got one without',
};

function invalidForm(cause: Error & { readonly code?: string; readonly field?: string }): Problem {
  const reason =
    multerMessages[cause.code ?? ''] ?? `expected complete multipart parts, got: ${cause.message}`;
  return new Problem('invalid_param', `${cause.field ?? 'body'}: ${reason}`, { cause });
}

const firstText = (value: unknown): string | undefined => {
  const first = Array.isArray(value) ? value[0] : value;
  return typeof first === 'string' ? decodePartText(first) : undefined;
};

/** The text parts as they were named, of what multer has made of brackets in names: lists and objects. */
function partsOf(name: string, value: unknown): readonly (readonly [name: string, text: string])[] {
  if (typeof value === 'string') return [[decodePartText(name), decodePartText(value)]];
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return Object.values(value).flatMap((item) => partsOf(name, item));
  return Object.entries(value).flatMap(([key, item]) => partsOf(`${name}[${key}]`, item));
}

/** The key among the fields that have arrived so far. */
const formKey = ({ body }: Incoming): string | undefined => firstText(body?.key);

function toUpload({ body = {}, files = [] }: Incoming): Upload {
  const texts = Object.entries(body).flatMap(([name, value]) => partsOf(name, value));
  return {
    ...firstValues(texts),
    files: files.map(({ fieldname, originalname, data, release }) => ({
      field: decodePartText(fieldname),
      name: decodePartText(originalname),
      data,
      release,
    })),
  };
}

/** Moves multer's result from the request to the record of the upload. */
function keepUpload(req: Incoming): void {
  uploads.set(req, toUpload(req));
  delete req.files;
}

/** A form while it is being read: it fails once, or is read to its end. */
interface Reading {
  /** Feeds the parser. */
  feed(parser: Parser): void;
  /** The check of a form whose request head has no key. */
  readonly keyCheck: () => KeyCheck | undefined;
}

/** Starts reading a form; the parser calls back at its end, and `settle` gets the first error. */
function startReading(
  { req, res }: { readonly req: Incoming; readonly res: ServerResponse },
  options: BodyOptions,
  settle: (error?: unknown) => void,
): Reading {
  const admission = admissionOf(req);
  let keyCheck: KeyCheck | undefined;
  const feed = (parser: Parser): void => {
    let isRefused = false;
    const fail = (problem: unknown): void => {
      isRefused = true;
      req.unpipe(parser);
      settle(problem);
      parser.destroy();
    };
    const meter = meterBody(req, res, { ...options, keyless: admission?.keyless, fail });
    if (isRefused) return;
    if (admission === undefined) return void req.pipe(parser);
    const held = createKeyCheck(admission, { meter, withinMs: options.idleMs, fail });
    keyCheck = held;
    res.on('close', held.close);
    feedHeld(req, parser, () => {
      held.check(formKey(req));
      return held;
    });
  };
  return { feed, keyCheck: () => keyCheck };
}

/** Options that multer's types lack. */
interface Feed extends Options {
  readonly streamHandler: (req: IncomingMessage, parser: Parser) => void;
  readonly defCharset: string;
}

/**
 * Reads a multipart body into memory and counts it meanwhile; ignores any other body. `uploadOf` gives the result.
 * Fails as `meterBody` does, with what the form's admission throws, or with `invalid_param` for an invalid body.
 */
export function receiveUpload(options: BodyOptions): RequestHandler {
  const readings = new WeakMap<IncomingMessage, Reading>();
  const feed: Feed = {
    storage: pooledStorage(createBufferPool(freeBuffers)),
    limits,
    // Raw bytes: `decodePartText` decodes them.
    defParamCharset: 'latin1',
    defCharset: 'latin1',
    // Counts the bytes before the parser sees them.
    streamHandler: (req, parser) => readings.get(req)?.feed(parser),
    fileFilter: (req, _file, done) => {
      const keyCheck = readings.get(req)?.keyCheck();
      const isAdmitted =
        keyCheck === undefined || keyCheck.check(formKey(req as IncomingMessage as Incoming));
      if (!isAdmitted) keyCheck.refuse();
      done(null, isAdmitted);
    },
  };
  const parse = multer(feed).any();

  return (req, res, next) => {
    if (!isMultipart(req)) return next();
    refusePacked(req);
    let isSettled = false;
    // The parser calls back from the socket's events, which are not part of the request's span.
    const settle = AsyncLocalStorage.bind((error?: unknown): void => {
      if (isSettled) return;
      isSettled = true;
      next(error);
    });
    const incoming = req as IncomingMessage as Incoming;
    const reading = startReading({ req: incoming, res }, options, settle);
    readings.set(req, reading);
    parse(req, res, (error?: unknown) => {
      if (error) return settle(invalidForm(error as Error));
      const keyCheck = reading.keyCheck();
      if (keyCheck && !keyCheck.check(formKey(incoming))) return keyCheck.refuse();
      keepUpload(incoming);
      settle();
    });
  };
}
