import { readSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { type Span, spanOf } from '../../kit/range.ts';
import type { StoredObject } from '../objects/object.ts';
import type { Call } from './call.ts';
import { refusal } from './refusal.ts';

/** The headers of every media response. The client verifies its download with `x-goog-hash`. */
export function mediaHeaders(object: StoredObject): Record<string, string> {
  const optional = {
    'cache-control': object.cacheControl,
    'content-disposition': object.contentDisposition,
    'content-encoding': object.contentEncoding,
    'content-language': object.contentLanguage,
  };
  const set = Object.entries(optional).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return {
    ...Object.fromEntries(set),
    'content-type': object.contentType ?? 'application/octet-stream',
    'accept-ranges': 'bytes',
    'last-modified': new Date(object.updated).toUTCString(),
    'x-goog-generation': String(object.generation),
    'x-goog-metageneration': String(object.metageneration),
    'x-goog-hash': `crc32c=${object.crc32c}${object.md5Hash ? `,md5=${object.md5Hash}` : ''}`,
    'x-goog-storage-class': object.storageClass ?? 'STANDARD',
    'x-goog-stored-content-encoding': object.contentEncoding ?? 'identity',
    'x-goog-stored-content-length': String(object.size),
  };
}

/** Few large reads cost less than many small ones; from 128 KiB on the allocator gets fresh memory for each buffer. */
const pieceBytes = 120 * 1024;

/** The bytes of the file from `start` to `end`. The system has most of them in memory: a thread would take longer. */
function* pieces({ fd }: FileHandle, { start, end }: Span): Generator<Buffer> {
  for (let at = start; at <= end; ) {
    const piece = Buffer.allocUnsafeSlow(Math.min(pieceBytes, end + 1 - at));
    const bytes = readSync(fd, piece, 0, piece.length, at);
    if (bytes === 0) return;
    at += bytes;
    yield piece.subarray(0, bytes);
  }
}

/**
 * Whether the server decompresses the object: it is stored as gzip, may be transformed, and the client does not accept
 * gzip (cloud.google.com/storage/docs/transcoding).
 */
const isTranscoded = ({ req }: Call, { contentEncoding, cacheControl }: StoredObject): boolean =>
  contentEncoding?.toLowerCase() === 'gzip' &&
  !/\bno-transform\b/i.test(cacheControl ?? '') &&
  !/\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/i.test(String(req.headers['accept-encoding'] ?? ''));

/** Sends the whole decompressed object regardless of the range; its length is not known in advance. */
async function sendUnpacked({ req, res }: Call, bytes: Iterable<Buffer>, headers: Record<string, string>) {
  const { 'content-encoding': _, 'accept-ranges': __, ...rest } = headers;
  res.writeHead(200, { ...rest, vary: 'Accept-Encoding' });
  if (req.method === 'HEAD') return void res.end();
  await pipeline(bytes, createGunzip(), res);
}

/** Sends the object's bytes or the requested range. HEAD sends only the headers. */
export async function sendMedia(
  call: Call,
  find: () => StoredObject,
  headersOf: (object: StoredObject) => Record<string, string>,
): Promise<void> {
  const { req, res, store } = call;
  const { object, file } = await openObject(find, (object) => store.blob(object));
  try {
    const whole = { start: 0, end: object.size - 1 };
    if (isTranscoded(call, object)) return await sendUnpacked(call, pieces(file, whole), headersOf(object));
    const wanted = spanOf(req.headers.range, object.size);
    if (wanted === 'unsatisfiable') {
      throw refusal(
        416,
        `The requested range cannot be satisfied: ${req.headers.range} of ${object.size} bytes`,
      );
    }
    const span = wanted === 'whole' ? undefined : wanted;
    const length = span ? span.end - span.start + 1 : object.size;
    const range = span ? { 'content-range': `bytes ${span.start}-${span.end}/${object.size}` } : {};
    res.writeHead(span ? 206 : 200, { ...headersOf(object), ...range, 'content-length': String(length) });
    if (req.method === 'HEAD' || length === 0) return void res.end();
    await pipeline(pieces(file, span ?? whole), res);
  } finally {
    await file.close();
  }
}

/** Opens the object's file. An open file stays readable when its object is replaced; before that, this tries again. */
async function openObject(find: () => StoredObject, blob: (object: StoredObject) => string) {
  for (;;) {
    const object = find();
    try {
      return { object, file: await open(blob(object)) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || find() === object) throw error;
    }
  }
}
