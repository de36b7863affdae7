/** Buffers that are used again; `take` may give a larger one than asked for. */
export interface BufferPool {
  take(bytes: number): Buffer;
  /** Takes back a buffer that nothing reads any more. */
  give(buffer: Buffer): void;
}

/** Bytes in one piece, and the way to give their memory back. */
export interface PooledBytes {
  readonly data: Buffer;
  /** Gives the memory back to the pool; `data` must not be read afterwards. May be called twice. */
  readonly release: () => void;
}

export interface GrowingBuffer {
  add(chunk: Uint8Array): void;
  readonly length: () => number;
  /** The whole. Nothing may be added afterwards. */
  end(): PooledBytes;
  /** Gives the memory back unread. */
  drop(): void;
}

export interface GrowingBufferOptions {
  /** The announced length; 0 where none is. */
  readonly expected?: number;
  /** No buffer is made larger than this unless the bytes need it. */
  readonly maxBytes?: number;
  /** Where the memory comes from; new memory without it. */
  readonly pool?: BufferPool;
}

/** The first buffer is small, whatever length is announced: an announcement costs the sender nothing. */
const firstBytes = 1024 * 1024;
const unannouncedBytes = 64 * 1024;
const steepBytes = 16 * 1024 * 1024;

/** A factor, not a step: bytes of any length are copied about once more in all. */
const grown = (bytes: number): number => bytes * (bytes < steepBytes ? 4 : 2);

const unpooled: BufferPool = { take: (bytes) => Buffer.allocUnsafeSlow(bytes), give: () => {} };

/** Joins pieces in one buffer that grows with what comes, so that the pieces are garbage at once. */
export function growingBuffer(options: GrowingBufferOptions = {}): GrowingBuffer {
  const { expected = 0, maxBytes = Number.POSITIVE_INFINITY, pool = unpooled } = options;
  let buffer: Buffer | undefined;
  let length = 0;

  /** The announced length ends the growth for as long as it holds. */
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
