/** A pool of reusable buffers. `take` may return a larger buffer than requested. */
export interface BufferPool {
  take(bytes: number): Buffer;
  give(buffer: Buffer): void;
}

export interface CollectOptions {
  readonly maxBytes: number;
  /** Makes the error for a stream of more than `maxBytes`. `announced`: its announced length, when that is too large. */
  readonly tooLarge: (announced?: number) => Error;
  /** The announced length, if any. Bytes beyond it are still collected. */
  readonly expected?: number;
  /** Called with the size of each chunk before the chunk is kept. It throws when the memory budget has no room. */
  readonly reserve?: (bytes: number) => void;
  /** Where the buffer comes from. Default: a new buffer. */
  readonly pool?: BufferPool;
}

export interface Collected {
  readonly data: Buffer;
  /** The buffer that `data` is a view of. Return it to the pool when `data` is no longer needed. */
  readonly buffer: Buffer;
}

/** The first buffer is small whatever length is announced: announcing a length costs the sender nothing. */
const firstBytes = 1024 * 1024;
const unannouncedBytes = 64 * 1024;
const growth = 4;

const fresh: BufferPool = { take: (bytes) => Buffer.allocUnsafeSlow(bytes), give: () => {} };

/** One buffer that grows by a factor: chunks become garbage at once, and copying stays linear. */
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
 * Collects a stream into one buffer. Counts the bytes as they arrive and reserves each chunk before it is kept.
 * @throws the error of `tooLarge`, of `reserve` or of the stream.
 */
export async function collect(
  stream: AsyncIterable<Uint8Array>,
  options: CollectOptions,
): Promise<Collected> {
  const { maxBytes, tooLarge, reserve, expected = 0 } = options;
  const whole = growing(options);
  try {
    for await (const chunk of stream) {
      // An error thrown inside the loop destroys the stream.
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
