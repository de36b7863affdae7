/** How many bytes of request bodies are in memory, all requests together. */
export interface Buffered {
  /** Takes room for that many more; false, and nothing taken, when there is none. */
  take(bytes: number): boolean;
  give(bytes: number): void;
  readonly used: () => number;
}

export function createBuffered(maxBytes: number): Buffered {
  let used = 0;
  return {
    used: () => used,
    take: (bytes) => {
      if (used + bytes > maxBytes) return false;
      used += bytes;
      return true;
    },
    give: (bytes) => {
      used -= bytes;
    },
  };
}
