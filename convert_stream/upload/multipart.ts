import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RequestHandler } from 'express';
import multer, { type Options } from 'multer';
import { Problem } from '../../common/problem.ts';
import type { PooledBytes } from '../../common/streams/growing_buffer.ts';
import { admissionOf, type Door, doorFor, feedHeld, type Parser } from './admission.ts';
import { createBufferPool, pooledStorage } from './buffer_pool.ts';
import { type BodyOptions, meterBody } from './meter.ts';
import { partText } from './part_text.ts';

export interface UploadedFile {
  /** Name of the part. */
  readonly field: string;
  /** Name of the file where it came from, without folders. */
  readonly name: string;
  readonly data: Buffer;
  /** Leaves its memory to the next upload; `data` must not be read after. Without it the memory is garbage. */
  readonly release: () => void;
}

/** A multipart body, wholly read. */
export interface Upload {
  /** Text parts; of several with one name the first counts. */
  readonly fields: ReadonlyMap<string, string>;
  readonly files: readonly UploadedFile[];
}

type Incoming = IncomingMessage & {
  body?: Readonly<Record<string, unknown>>;
  files?: readonly ({ readonly fieldname: string; readonly originalname: string } & PooledBytes)[];
};

const uploads = new WeakMap<IncomingMessage, Upload>();

/** What `receiveUpload` has read of this request; undefined when its body is not multipart. */
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
};

/** Free buffers for the next uploads. */
const freeBuffers = { most: 8, maxBytes: 16 * 1024 * 1024 };

/** multer's codes in a sentence. */
const faults: Readonly<Record<string, string>> = {
  LIMIT_FILE_COUNT: `expected at most ${limits.files} files, got more`,
  LIMIT_FIELD_COUNT: `expected at most ${limits.fields} fields, got more`,
  LIMIT_PART_COUNT: `expected at most ${limits.parts} parts, got more`,
  LIMIT_FIELD_VALUE: `expected at most ${limits.fieldSize} bytes in a field, got more`,
  LIMIT_FIELD_KEY: `expected at most ${limits.fieldNameSize} bytes in a field's name, got more`,
  MISSING_FIELD_NAME: 'expected every part to have a name, got one without',
};

function broken(cause: Error & { readonly code?: string; readonly field?: string }): Problem {
  const what = faults[cause.code ?? ''] ?? `expected complete multipart parts, got: ${cause.message}`;
  return new Problem('invalid_param', `${cause.field ?? 'body'}: ${what}`, { cause });
}

const firstText = (value: unknown): string | undefined => {
  const first = Array.isArray(value) ? value[0] : value;
  return typeof first === 'string' ? partText(first) : undefined;
};

/** The key among the fields that have come so far. */
const keyIn = ({ body }: Incoming): string | undefined => firstText(body?.key);

function uploadIn({ body = {}, files = [] }: Incoming): Upload {
  const texts = Object.entries(body).map(([name, value]) => [partText(name), firstText(value)] as const);
  return {
    fields: new Map(texts.filter((row): row is readonly [string, string] => row[1] !== undefined)),
    files: files.map(({ fieldname, originalname, data, release }) => ({
      field: partText(fieldname),
      name: partText(originalname),
      data,
      release,
    })),
  };
}

/** multer keeps what it read on the request; the upload's own record is the only one that stays. */
function take(req: Incoming): void {
  uploads.set(req, uploadIn(req));
  delete req.files;
}

/** One form while it is being read: fails once, or is read to its end. */
interface Reading {
  /** Feeds the parser. */
  feed(parser: Parser): void;
  /** The door that a form without a key in its head stands before. */
  readonly door: () => Door | undefined;
}

/** Reads a form whose parser calls back at its end; `settle` is told of the first thing that goes wrong. */
function readingOf(
  { req, res }: { readonly req: Incoming; readonly res: ServerResponse },
  options: BodyOptions,
  settle: (error?: unknown) => void,
): Reading {
  const admission = admissionOf(req);
  let door: Door | undefined;
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
    const held = doorFor(admission, { meter, withinMs: options.idleMs, fail });
    door = held;
    res.once('close', held.close);
    feedHeld(req, parser, () => {
      held.open(keyIn(req));
      return held;
    });
  };
  return { feed, door: () => door };
}

/** Two options that multer's types lack. */
interface Feed extends Options {
  readonly streamHandler: (req: IncomingMessage, parser: Parser) => void;
  readonly defCharset: string;
}

/**
 * Reads a multipart body into memory, counted on the way; any other body is left alone.
 * `uploadOf` tells what came. Fails as `meterBody` does, with what the form's admission throws where it is held, or
 * with `invalid_param` when the body is broken.
 */
export function receiveUpload(options: BodyOptions): RequestHandler {
  const readings = new WeakMap<IncomingMessage, Reading>();
  const feed: Feed = {
    storage: pooledStorage(createBufferPool(freeBuffers)),
    limits,
    // Bytes as they are: `partText` decodes them.
    defParamCharset: 'latin1',
    defCharset: 'latin1',
    // Ours, so that bytes are counted before the parser sees them.
    streamHandler: (req, parser) => readings.get(req)?.feed(parser),
    fileFilter: (req, _file, done) => {
      const door = readings.get(req)?.door();
      const isOpen = door === undefined || door.open(keyIn(req as IncomingMessage as Incoming));
      if (!isOpen) door.refuse();
      done(null, isOpen);
    },
  };
  const parse = multer(feed).any();

  return (req, res, next) => {
    if (!isMultipart(req)) return next();
    let isSettled = false;
    // The parser calls back from the socket's events, which are not part of the request's span.
    const settle = AsyncLocalStorage.bind((error?: unknown): void => {
      if (isSettled) return;
      isSettled = true;
      next(error);
    });
    const incoming = req as IncomingMessage as Incoming;
    const reading = readingOf({ req: incoming, res }, options, settle);
    readings.set(req, reading);
    parse(req, res, (error?: unknown) => {
      if (error) return settle(broken(error as Error));
      const door = reading.door();
      if (door && !door.open(keyIn(incoming))) return door.refuse();
      take(incoming);
      settle();
    });
  };
}
