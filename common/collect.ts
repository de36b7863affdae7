/** Buffers that are used again; `take` may give a larger one than asked for. */
export interface BufferPool {
  take(bytes: number): Buffer;
  give(buffer: Buffer): void;
}

export interface CollectOptions {
  readonly maxBytes: number;
  /** The error for a stream of more than `maxBytes`; `announced` is its length where that alone is too large. */
  readonly tooLarge: (announced?: number) => Error;
  /** The announced length, where there is one. Bytes beyond it are taken all the same. */
  readonly expected?: number;
  /** Called with the size of each piece before the piece is kept; it throws when there is no memory for it. */
  readonly reserve?: (bytes: number) => void;
  /** Where the buffer comes from; a new one without it. */
  readonly pool?: BufferPool;
}

export interface Collected {
  readonly data: Buffer;
  /** The buffer that `data` is the beginning of: it goes back to the pool when `data` is no longer read. */
  readonly buffer: Buffer;
}

/** The first buffer is small, whatever length is announced: an announcement costs the sender nothing. */
const firstBytes = 1024 * 1024;
const unannouncedBytes = 64 * 1024;
const growth = 4;

const fresh: BufferPool = { take: (bytes) => Buffer.allocUnsafeSlow(bytes), give: () => {} };

/** One buffer that grows by a factor, so that the pieces are garbage at once and copying stays linear. */
function growing({ expected = 0, maxBytes, pool = fresh }: CollectOptions) {
  let buffer = pool.take(Math.min(expected || unannouncedBytes, firstBytes, maxBytes));
  let length = 0;
  const grow = (needed: number): void => {
    const most = expected >= needed ? expected : maxBytes;
    const larger = pool.take(Math.max(needed, Math.min(most, buffer.length * growth)));
    buffer.copy(larger, 0, 0, length);
    pool.give(buffer);
    buffer = larger;
  };
  return {
    add: (chunk: Uint8Array): void => {
      if (length + chunk.length > buffer.length) grow(length + chunk.length);
      buffer.set(chunk, length);
      length += chunk.length;
    },
    length: () => length,
    collected: (): Collected => ({ data: buffer.subarray(0, length), buffer }),
    release: () => pool.give(buffer),
  };
}

/**
 * A stream in one buffer. The bytes are counted as they come, and none is kept that was not reserved.
 * @throws what `tooLarge` makes, what `reserve` throws, and what the stream fails with.
 */
export async function collect(
  stream: AsyncIterable<Uint8Array>,
  options: CollectOptions,
): Promise<Collected> {
  const { maxBytes, tooLarge, reserve, expected = 0 } = options;
  const whole = growing(options);
  try {
    for await (const chunk of stream) {
      // Thrown here, an error ends the stream.
      if (expected > maxBytes) throw tooLarge(expected);
      if (whole.length() + chunk.length > maxBytes) throw tooLarge();
      reserve?.(chunk.length);
      whole.add(chunk);
    }
    return whole.collected();
  } catch (error) {
    whole.release();
    throw error;
  }
}
