import type { Readable } from 'node:stream';
import type { StorageEngine } from 'multer';
import { type BufferPool, growingBuffer, type PooledBytes } from '../../common/streams/growing_buffer.ts';

export interface BufferPoolOptions {
  /** How many free buffers are kept: as many as there are conversions at a time are enough. */
  readonly most: number;
  /** A larger one is not kept. */
  readonly maxBytes: number;
}

/** Sizes are rounded up, so that bodies of about one size can follow each other. */
const granule = 256 * 1024;

/**
 * A pool of buffers for bodies. A new buffer for each body would be memory outside of the heap, which makes V8
 * collect garbage far more often than the heap needs it. A buffer holds what is left over from its last use.
 */
export function createBufferPool({ most, maxBytes }: BufferPoolOptions): BufferPool {
  const free: Buffer[] = [];
  return {
    take: (bytes) => {
      const at = free.findIndex(({ length }) => length >= bytes);
      const [reused] = at === -1 ? [] : free.splice(at, 1);
      return reused ?? Buffer.allocUnsafeSlow(Math.ceil(bytes / granule) * granule);
    },
    give: (buffer) => {
      if (buffer.length > maxBytes) return;
      if (free.length === most) free.shift();
      free.push(buffer);
    },
  };
}

/** A pool that one reader takes from; `release` gives back what it still has. */
export function createLoan(pool: BufferPool): BufferPool & { readonly release: () => void } {
  const taken = new Set<Buffer>();
  const give = (buffer: Buffer): void => {
    if (taken.delete(buffer)) pool.give(buffer);
  };
  return {
    take: (bytes) => {
      const buffer = pool.take(bytes);
      taken.add(buffer);
      return buffer;
    },
    give,
    release: () => [...taken].forEach(give),
  };
}

/** Reads a stream into one buffer of the pool; `expected` is the announced length, 0 where none is. */
export function readPooled(stream: Readable, expected: number, pool: BufferPool): Promise<PooledBytes> {
  const body = growingBuffer({ expected, pool });
  return new Promise((resolve, reject) => {
    stream.on('data', body.add);
    stream.once('error', (error) => {
      body.drop();
      reject(error);
    });
    stream.once('end', () => resolve(body.end()));
  });
}

/** multer's memory storage, on a pool. */
export const pooledStorage = (pool: BufferPool): StorageEngine => ({
  _handleFile: (req, file, done) => {
    readPooled(file.stream, Number(req.headers['content-length'] ?? 0), pool).then(
      (bytes) => done(null, bytes as object),
      (error: unknown) => done(error),
    );
  },
  _removeFile: (_req, file, done) => {
    (file as unknown as Partial<PooledBytes>).release?.();
    done(null);
  },
});
