import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib';
import { createGate } from '../gate.ts';
import { Problem } from '../problem.ts';
import { type CollectOptions, collect } from './collect.ts';

type Chunks = AsyncIterable<Buffer>;
type Stage = NodeJS.ReadWriteStream | ((source: Chunks) => Chunks);
type Last = (source: Chunks) => Promise<Buffer>;

/** The types of `pipeline` accept functions only in lists of fixed length. */
const run = pipeline as unknown as (
  streams: readonly (Readable | Stage | Last)[],
  options: { readonly signal?: AbortSignal },
) => Promise<Buffer>;

/** Few large chunks cost less than many small ones; each decoder holds one chunk. */
const options = { chunkSize: 64 * 1024 };

/** The header of zlib begins with the compression method, 8. */
const isZlib = (chunk: Buffer): boolean => ((chunk[0] ?? 0) & 0x0f) === 8;

/** By RFC 9110 `deflate` is the zlib format. Many servers send raw DEFLATE instead; clients accept both. */
async function* inflate(source: Chunks): Chunks {
  const chunks = source[Symbol.asyncIterator]();
  const first = await chunks.next();
  if (first.done) return;
  const decoder = isZlib(first.value) ? createInflate(options) : createInflateRaw(options);
  const feeding = pipeline(async function* () {
    yield first.value;
    yield* { [Symbol.asyncIterator]: () => chunks };
  }, decoder);
  // The decoder fails with the same error.
  feeding.catch(() => {});
  yield* decoder as Chunks;
}

interface Coding {
  readonly decode: () => Stage;
  /** Size of the decoder's window: it holds up to this much of its latest output a second time. */
  readonly windowBytes: number;
}

const gzip: Coding = { decode: () => createGunzip(options), windowBytes: 0 };
const codings: Readonly<Record<string, Coding>> = {
  gzip,
  'x-gzip': gzip,
  deflate: { decode: () => inflate, windowBytes: 0 },
  br: { decode: () => createBrotliDecompress(options), windowBytes: 16 * 1024 * 1024 },
};

const maxCodings = 3;

/**
 * Parses the codings of a Content-Encoding header, in the order in which they were applied. Names that no client can
 * decode, such as the `aws-chunked` that stores leave on objects, are ignored.
 * @throws Problem `unprocessable` for more than three.
 */
export function codingsIn(header: string | readonly string[] | undefined): readonly string[] {
  const names = [header ?? []].flat().join(',').toLowerCase().split(',');
  const known = names.map((name) => name.trim()).filter((name) => Object.hasOwn(codings, name));
  if (known.length <= maxCodings) return known;
  throw new Problem('unprocessable', `content-encoding: expected at most ${maxCodings}, got ${known.length}`);
}

export interface UnpackOptions extends CollectOptions {
  /** The result of `codingsIn`. Without codings the bytes are returned unchanged. */
  readonly codings: readonly string[];
  /** Ends the work and the wait for a slot. */
  readonly signal?: AbortSignal | undefined;
}

/** Reserves a decoder's window together with its output, chunk by chunk, up to the size of the window. */
function reserveWithWindow({ reserve, ...rest }: UnpackOptions): CollectOptions['reserve'] {
  let left = rest.codings.reduce((sum, name) => sum + (codings[name]?.windowBytes ?? 0), 0);
  if (!reserve) return undefined;
  return (bytes) => {
    const beside = Math.min(left, bytes);
    left -= beside;
    reserve(bytes + beside);
  };
}

/**
 * Few at a time: each fills memory as fast as it can, and one that fails leaves garbage behind. The packed bytes are
 * already in memory, so that a slot is held for CPU time only.
 */
const slots = createGate({ running: 2 });

/**
 * Unpacks bytes into one buffer. Every chunk is counted against `maxBytes` and `reserve` as it leaves the decoder, so
 * that a small body that unpacks to a large one is refused early.
 * @throws what `collect` throws, an AbortError, and zlib's errors (code `Z_...` or `ERR_...`) for invalid data.
 */
export async function unpack(packed: Buffer, options: UnpackOptions): Promise<Buffer> {
  const { codings: names, signal, expected: _, ...rest } = options;
  if (packed.length <= options.maxBytes && names.length === 0) return packed;
  const reserve = reserveWithWindow(options);
  const plain: CollectOptions = { ...rest, ...(reserve ? { reserve } : {}) };
  const work = async (): Promise<Buffer> => {
    const stages = names.map((name) => codings[name]?.decode() as Stage).reverse();
    const input = Readable.from([packed], { objectMode: false });
    return await run([input, ...stages, (chunks) => collect(chunks, plain)], signal ? { signal } : {});
  };
  return await slots.run(work, 'pixels', signal);
}

/** Collects a stream and unpacks it. Packed and unpacked bytes are both counted against the limits. */
export async function collectUnpacked(
  stream: AsyncIterable<Uint8Array>,
  options: UnpackOptions,
): Promise<Buffer> {
  return await unpack(await collect(stream, options), options);
}
