import type { Child } from './child.ts';

/** The idle workers of the pool. */
export interface Resting {
  /** The one that rested last, so that those who are not needed stay here and end. */
  take(): Child | undefined;
  add(child: Child, residentBytes: number): void;
  /** Resolves when all have ended. */
  close(): Promise<void>;
}

export interface RestingOptions {
  /** Who has rested so long ends. */
  readonly idleMs: number;
  /** What they may hold together; one that would be too much ends at once. */
  readonly maxResidentBytes: number;
}

interface Rest {
  readonly bytes: number;
  readonly idle: NodeJS.Timeout;
}

export function createResting({ idleMs, maxResidentBytes }: RestingOptions): Resting {
  const rests = new Map<Child, Rest>();

  const leave = (child: Child): Child => {
    clearTimeout(rests.get(child)?.idle);
    rests.delete(child);
    return child;
  };
  const held = (): number => [...rests.values()].reduce((sum, { bytes }) => sum + bytes, 0);

  return {
    take: () => {
      for (const child of [...rests.keys()].reverse()) if (leave(child).isAlive()) return child;
      return undefined;
    },
    add: (child, bytes) => {
      if (held() + bytes > maxResidentBytes) return void child.kill();
      const idle = setTimeout(() => void leave(child).kill(), idleMs).unref();
      rests.set(child, { bytes, idle });
    },
    close: async () => {
      await Promise.all([...rests.keys()].map((child) => leave(child).kill()));
    },
  };
}
