/** Bounds of a read. */
export interface ReadBounds {
  /** Called before bytes are kept in memory. It throws when the memory budget has no room. */
  readonly reserve: (bytes: number) => void;
  readonly signal: AbortSignal;
}

/** Where results are kept: bytes by name. A name is `GROUP/KEY`, of letters, digits, `-` and `_`. */
export interface Blobs {
  /** The bytes of a name; undefined when there are none. */
  read(name: string, bounds?: ReadBounds): Promise<Buffer | undefined>;
  /** Keeps bytes whole or not at all, and may remove others to make room. */
  write(name: string, data: Buffer): Promise<void>;
  /** Removes all bytes of a group. @returns how many there were. */
  removeGroup(group: string): Promise<number>;
}

/** Larger ones are not kept. */
export const maxBlobBytes = 64 * 1024 * 1024;
