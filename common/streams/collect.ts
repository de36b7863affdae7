import { freeChunk } from './free_chunk.ts';
import { type BufferPool, growingBuffer } from './growing_buffer.ts';

export interface CollectOptions {
  readonly maxBytes: number;
  /** Makes the error for a stream of more than `maxBytes`. `announced`: its announced length, when that is too large. */
  readonly tooLarge: (announced?: number) => Error;
  /** The announced length, if any. Bytes beyond it are still collected. */
  readonly expected?: number;
  /** Called with the size of each chunk before the chunk is kept. It throws when the memory budget has no room. */
  readonly reserve?: (bytes: number) => void;
  /** Where the memory comes from. Default: new memory. */
  readonly pool?: BufferPool;
  /** Frees each chunk once it is copied: only for a stream whose chunks nobody else holds. */
  readonly freesChunks?: boolean;
}

/**
 * Collects a stream in one buffer. Counts the bytes as they arrive and reserves each chunk before it is kept.
 * @throws the error of `tooLarge`, of `reserve` or of the stream.
 */
export async function collect(stream: AsyncIterable<Uint8Array>, options: CollectOptions): Promise<Buffer> {
  const { maxBytes, tooLarge, reserve, expected = 0, pool, freesChunks } = options;
  const whole = growingBuffer({ expected, maxBytes, ...(pool ? { pool } : {}) });
  for await (const chunk of stream) {
    // An error thrown inside the loop destroys the stream.
    if (expected > maxBytes) throw tooLarge(expected);
    if (whole.length() + chunk.length > maxBytes) throw tooLarge();
    reserve?.(chunk.length);
    whole.add(chunk);
    if (freesChunks) freeChunk(chunk);
  }
  return whole.end().data;
}
