import type { Readable } from 'node:stream';
import type { StorageEngine } from 'multer';
import type { Buffers } from './buffer_pool.ts';

/** A body in one piece, and the way to give its memory back. */
export interface Kept {
  readonly data: Buffer;
  /** Gives the memory back; `data` must not be read after. */
  readonly release: () => void;
}

/** Joins the pieces of one body as they come. */
export interface Gathering {
  add(chunk: Buffer): void;
  /** The whole body. Nothing may be added after it. */
  end(): Kept;
  /** Gives the memory back unread. */
  drop(): void;
}

/** The first buffer of a body is small, whatever length is announced: announcing costs nothing. */
const firstBytes = 1024 * 1024;
const steepBytes = 16 * 1024 * 1024;

/** A factor, not a step: a body of any length is copied about once more in all. */
const grown = (bytes: number): number => bytes * (bytes < steepBytes ? 4 : 2);

/** The length that is announced ends the growth as long as it holds; it is not believed any further. */
const capacity = (needed: number, present: number, expected: number): number =>
  Math.max(needed, expected > needed ? Math.min(expected, grown(present)) : grown(present));

/**
 * Gathers a body in one buffer that grows with what came, so that its pieces are garbage at once and nothing is
 * joined at the end.
 * @param expectedBytes the length that is announced; 0 where none is.
 */
export function gathering(expectedBytes: number, buffers: Buffers): Gathering {
  let whole: Buffer | undefined;
  let length = 0;

  const release = (): void => {
    if (whole) buffers.give(whole);
    whole = undefined;
  };
  const roomFor = (needed: number): Buffer => {
    if (whole && needed <= whole.length) return whole;
    const present = whole?.length ?? 0;
    const first = Math.max(needed, Math.min(expectedBytes || firstBytes, firstBytes));
    const larger = buffers.take(whole ? capacity(needed, present, expectedBytes) : first);
    whole?.copy(larger, 0, 0, length);
    release();
    whole = larger;
    return larger;
  };
  return {
    add: (chunk) => {
      chunk.copy(roomFor(length + chunk.length), length);
      length += chunk.length;
    },
    end: () => ({ data: whole?.subarray(0, length) ?? Buffer.alloc(0), release }),
    drop: release,
  };
}

/** Gathers a stream. */
export function gather(stream: Readable, expectedBytes: number, buffers: Buffers): Promise<Kept> {
  const body = gathering(expectedBytes, buffers);
  return new Promise((resolve, reject) => {
    stream.on('data', body.add);
    stream.once('error', (error) => {
      body.drop();
      reject(error);
    });
    stream.once('end', () => resolve(body.end()));
  });
}

/** multer's memory storage, on buffers that are used again. */
export const bufferStorage = (buffers: Buffers): StorageEngine => ({
  _handleFile: (req, file, done) => {
    gather(file.stream, Number(req.headers['content-length'] ?? 0), buffers).then(
      (kept) => done(null, kept as object),
      (error: unknown) => done(error),
    );
  },
  _removeFile: (_req, file, done) => {
    (file as unknown as Partial<Kept>).release?.();
    done(null);
  },
});
