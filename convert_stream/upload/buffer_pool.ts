/**
 * Buffers that are used again. A new one for each body would be memory outside of the heap, which makes V8
 * collect garbage far more often than the heap needs it.
 */
export interface Buffers {
  /** A buffer of at least so many bytes; what it holds is left over from its last use. */
  take(bytes: number): Buffer;
  /** Gives back what nobody uses any more. */
  give(buffer: Buffer): void;
}

export interface BuffersOptions {
  /** How many are kept for later. */
  readonly most: number;
  /** A larger one is not kept. */
  readonly maxBytes: number;
}

/** Sizes are rounded up, so that bodies of about one size can follow each other. */
const granule = 256 * 1024;

/** Keeping as few as work at a time is enough. */
export function createBuffers({ most, maxBytes }: BuffersOptions): Buffers {
  const free: Buffer[] = [];
  return {
    take: (bytes) => {
      const at = free.findIndex(({ length }) => length >= bytes);
      const [kept] = at === -1 ? [] : free.splice(at, 1);
      return kept ?? Buffer.allocUnsafeSlow(Math.ceil(bytes / granule) * granule);
    },
    give: (buffer) => {
      if (buffer.length > maxBytes) return;
      if (free.length === most) free.shift();
      free.push(buffer);
    },
  };
}
