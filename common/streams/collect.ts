import { growingBuffer } from './growing_buffer.ts';

export interface CollectOptions {
  readonly maxBytes: number;
  /** The error for a stream of more than `maxBytes`; `announced` is its length where that alone is too large. */
  readonly tooLarge: (announced?: number) => Error;
  /** The announced length, where there is one. Bytes beyond it are taken all the same. */
  readonly expected?: number;
  /** Called with the size of each piece before the piece is kept; it throws when there is no memory for it. */
  readonly reserve?: (bytes: number) => void;
}

/**
 * Collects a stream in one buffer. The bytes are counted as they come, and none is kept that was not reserved.
 * @throws what `tooLarge` makes, what `reserve` throws, and what the stream fails with.
 */
export async function collect(stream: AsyncIterable<Uint8Array>, options: CollectOptions): Promise<Buffer> {
  const { maxBytes, tooLarge, reserve, expected = 0 } = options;
  const whole = growingBuffer({ expected, maxBytes });
  for await (const chunk of stream) {
    // Thrown here, an error ends the stream.
    if (expected > maxBytes) throw tooLarge(expected);
    if (whole.length() + chunk.length > maxBytes) throw tooLarge();
    reserve?.(chunk.length);
    whole.add(chunk);
  }
  return whole.end().data;
}
