import type { Readable } from 'node:stream';
import type { StorageEngine } from 'multer';
import type { Buffers } from './buffers.ts';

/** What the engine adds to multer's file. */
export interface Kept {
  readonly data: Buffer;
  /** Gives the memory back; `data` must not be read after. */
  readonly release: () => void;
}

/** The first buffer of a body is small, whatever length is announced: announcing costs nothing. */
const firstBytes = 1024 * 1024;
const growth = 4;

/** Gathers a stream in one buffer, so that its pieces are garbage at once and nothing is joined at the end. */
export function gather(stream: Readable, expectedBytes: number, buffers: Buffers): Promise<Kept> {
  let whole = buffers.take(Math.min(expectedBytes, firstBytes));
  let length = 0;

  const grow = (needed: number): void => {
    const larger = buffers.take(Math.max(needed, Math.min(expectedBytes, whole.length * growth)));
    whole.copy(larger, 0, 0, length);
    buffers.give(whole);
    whole = larger;
  };
  const add = (chunk: Buffer): void => {
    if (length + chunk.length > whole.length) grow(length + chunk.length);
    chunk.copy(whole, length);
    length += chunk.length;
  };

  return new Promise((resolve, reject) => {
    stream.on('data', add);
    stream.once('error', (error) => {
      buffers.give(whole);
      reject(error);
    });
    stream.once('end', () => {
      let isHeld = true;
      const release = (): void => {
        if (isHeld) buffers.give(whole);
        isHeld = false;
      };
      resolve({ data: whole.subarray(0, length), release });
    });
  });
}

/** multer's memory storage, on buffers that are used again. */
export const bufferStorage = (buffers: Buffers): StorageEngine => ({
  _handleFile: (req, file, done) => {
    const expected = Number(req.headers['content-length'] ?? firstBytes);
    gather(file.stream, expected, buffers).then(
      (kept) => done(null, kept as object),
      (error: unknown) => done(error),
    );
  },
  _removeFile: (_req, file, done) => {
    (file as unknown as Partial<Kept>).release?.();
    done(null);
  },
});
