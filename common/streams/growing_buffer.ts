import { freeChunk } from './free_chunk.ts';

/** A pool of reusable buffers. `take` may return a larger buffer than requested. */
export interface BufferPool {
  take(bytes: number): Buffer;
  /** Takes back a buffer that is no longer read. */
  give(buffer: Buffer): void;
}

/** Bytes in one buffer, and a function that returns their memory. */
export interface PooledBytes {
  readonly data: Buffer;
  /** Returns the memory to the pool; `data` must not be read afterwards. Idempotent. */
  readonly release: () => void;
}

/** Bytes that belong to no pool. */
export const unpooledBytes = (data: Buffer): PooledBytes => ({ data, release: () => {} });

export interface GrowingBuffer {
  add(chunk: Uint8Array): void;
  readonly length: () => number;
  /** All bytes. Nothing may be added afterwards. */
  end(): PooledBytes;
  /** Returns the memory without reading it. */
  drop(): void;
}

export interface GrowingBufferOptions {
  /** The announced length; 0: unknown. */
  readonly expected?: number;
  /** Largest buffer, unless the bytes need more. */
  readonly maxBytes?: number;
  /** Where the memory comes from. Default: new memory. */
  readonly pool?: BufferPool;
}

/** The first buffer is small whatever length is announced: announcing a length costs the sender nothing. */
const firstBytes = 1024 * 1024;
const unannouncedBytes = 64 * 1024;
const steepBytes = 16 * 1024 * 1024;

/** Growth by a factor: in total, the bytes are copied about once more. */
const grown = (bytes: number): number => bytes * (bytes < steepBytes ? 4 : 2);

const unpooled: BufferPool = { take: (bytes) => Buffer.allocUnsafeSlow(bytes), give: freeChunk };

/** Joins chunks in one growing buffer, so that the chunks are garbage at once. */
export function growingBuffer(options: GrowingBufferOptions = {}): GrowingBuffer {
  const { expected = 0, maxBytes = Number.POSITIVE_INFINITY, pool = unpooled } = options;
  let buffer: Buffer | undefined;
  let length = 0;

  /** The announced length limits the growth until more bytes arrive. */
  const capacityFor = (needed: number): number => {
    if (buffer === undefined)
      return Math.max(needed, Math.min(expected || unannouncedBytes, firstBytes, maxBytes));
    const most = expected >= needed ? expected : maxBytes;
    return Math.max(needed, Math.min(most, grown(buffer.length)));
  };
  const drop = (): void => {
    if (buffer) pool.give(buffer);
    buffer = undefined;
  };
  const withRoomFor = (needed: number): Buffer => {
    if (buffer && needed <= buffer.length) return buffer;
    const larger = pool.take(capacityFor(needed));
    buffer?.copy(larger, 0, 0, length);
    drop();
    buffer = larger;
    return larger;
  };
  return {
    length: () => length,
    add: (chunk) => {
      withRoomFor(length + chunk.length).set(chunk, length);
      length += chunk.length;
    },
    end: () => ({ data: buffer?.subarray(0, length) ?? Buffer.alloc(0), release: drop }),
    drop,
  };
}
