import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib';
import { type Collected, type CollectOptions, collect } from './collect.ts';
import { Problem } from './problem.ts';
import { createTurns } from './turns.ts';

type Chunks = AsyncIterable<Buffer>;
type Stage = NodeJS.ReadWriteStream | ((source: Chunks) => Chunks);
type Last = (source: Chunks) => Promise<Collected>;

/** Its types know functions only in a list of fixed length. */
const run = pipeline as unknown as (
  streams: readonly (Readable | Stage | Last)[],
  options: { readonly signal?: AbortSignal },
) => Promise<Collected>;

/** Few large pieces cost less than many small ones; each decoder holds one piece. */
const options = { chunkSize: 64 * 1024 };

/** zlib's two bytes of header begin with the method, 8. */
const isZlib = (chunk: Buffer): boolean => ((chunk[0] ?? 0) & 0x0f) === 8;

/** `deflate` is zlib's format by RFC 9110; many servers send bare DEFLATE, and clients take both. */
async function* inflate(source: Chunks): Chunks {
  const chunks = source[Symbol.asyncIterator]();
  const first = await chunks.next();
  if (first.done) return;
  const decoder = isZlib(first.value) ? createInflate(options) : createInflateRaw(options);
  const feeding = pipeline(async function* () {
    yield first.value;
    yield* { [Symbol.asyncIterator]: () => chunks };
  }, decoder);
  // The decoder ends with the same error.
  feeding.catch(() => {});
  yield* decoder as Chunks;
}

interface Coding {
  readonly decode: () => Stage;
  /** Memory of the decoder beside its output: it holds as much of the output as fits. */
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
 * The codings that a Content-Encoding names, in the order in which they were applied. Names that no client can
 * undo, such as the `aws-chunked` that stores leave on objects, count for nothing.
 * @throws Problem `unprocessable` for more than three.
 */
export function codingsIn(header: string | readonly string[] | undefined): readonly string[] {
  const names = [header ?? []].flat().join(',').toLowerCase().split(',');
  const known = names.map((name) => name.trim()).filter((name) => Object.hasOwn(codings, name));
  if (known.length <= maxCodings) return known;
  throw new Problem('unprocessable', `content-encoding: expected at most ${maxCodings}, got ${known.length}`);
}

export interface UnpackOptions extends CollectOptions {
  /** As `codingsIn` gives them; none: the bytes are taken as they are. */
  readonly codings: readonly string[];
  /** Ends the work, and the wait for a turn. */
  readonly signal?: AbortSignal | undefined;
}

/** Counts a decoder's memory with its output, piece by piece, up to the decoder's window. */
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
 * there already, so a turn takes CPU time only.
 */
const turns = createTurns(2);

/**
 * What packed bytes are when they are unpacked, in one buffer. Every piece is counted against `maxBytes` and
 * `reserve` when it comes out of the decoder, so a small body that unpacks to a large one is refused early.
 * @throws what `collect` throws, an AbortError, and zlib's errors (code `Z_...` or `ERR_...`) for broken data.
 */
export async function unpack(packed: Buffer, options: UnpackOptions): Promise<Collected> {
  const { codings: names, signal, expected: _, ...rest } = options;
  if (packed.length <= options.maxBytes && names.length === 0) return { data: packed, buffer: packed };
  const reserve = reserveWithWindow(options);
  const plain: CollectOptions = { ...rest, ...(reserve ? { reserve } : {}) };
  return await turns(async () => {
    const stages = names.map((name) => codings[name]?.decode() as Stage).reverse();
    const input = Readable.from([packed], { objectMode: false });
    return await run([input, ...stages, (chunks) => collect(chunks, plain)], signal ? { signal } : {});
  }, signal);
}

/** A stream in one buffer, unpacked: packed and unpacked bytes are counted alike. */
export async function collectUnpacked(
  stream: AsyncIterable<Uint8Array>,
  options: UnpackOptions,
): Promise<Buffer> {
  const { data } = await collect(stream, options);
  return (await unpack(data, options)).data;
}
