import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, rmdir, stat, utimes, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Blobs } from './blobs.ts';

/** Files whose writing was cut off begin with this. */
const unfinished = '.new-';

interface Known {
  readonly bytes: number;
  /** When it was read or written last. */
  readonly usedMs: number;
}

/** A file that is written takes less time: an older one that is not finished belongs to a killed process. */
const writeMs = 60_000;

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;
const isGone = (error: unknown): boolean => codeOf(error) === 'ENOENT';
/** Whether the disk, or what this user may have of it, is full. */
const isFull = (error: unknown): boolean => ['ENOSPC', 'EDQUOT'].includes(codeOf(error) ?? '');

/** Writes a file; a failure may leave a part of it. */
type Write = (file: string, data: Buffer) => Promise<void>;

/** What another process has removed meanwhile is not there. */
const unlessGone = async <T>(found: Promise<T>): Promise<T | undefined> =>
  await found.catch((error: unknown) => {
    if (isGone(error)) return undefined;
    throw error;
  });

/** The names of all files, as `GROUP/KEY`. */
async function namesIn(folder: string): Promise<readonly string[]> {
  const names: string[] = [];
  for (const group of await readdir(folder, { withFileTypes: true })) {
    if (!group.isDirectory()) continue;
    const files = await unlessGone(readdir(join(folder, group.name), { withFileTypes: true }));
    for (const file of files ?? []) if (file.isFile()) names.push(`${group.name}/${file.name}`);
  }
  return names;
}

/**
 * Removes what a killed process has left behind, and finds all files, the least recently used one first. Another
 * process may be at work in the folder: one that ends after this one has started, or `imagetx purge`.
 */
async function scan(folder: string): Promise<ReadonlyMap<string, Known>> {
  await mkdir(folder, { recursive: true });
  const found: (readonly [string, Known])[] = [];
  for (const name of await namesIn(folder)) {
    const file = join(folder, name);
    const stats = await unlessGone(stat(file));
    if (stats === undefined) continue;
    const { size: bytes, mtimeMs: usedMs } = stats;
    if (!basename(file).startsWith(unfinished)) found.push([name, { bytes, usedMs }]);
    else if (Date.now() - usedMs > writeMs) await rm(file, { force: true });
  }
  return new Map(found.sort(([, a], [, b]) => a.usedMs - b.usedMs));
}

/** Writes a file whole or not at all, into a folder that is made for it. */
async function writeWhole(file: string, data: Buffer, write: Write): Promise<void> {
  const folder = dirname(file);
  await mkdir(folder, { recursive: true });
  const fresh = join(folder, `${unfinished}${randomBytes(8).toString('hex')}`);
  try {
    await write(fresh, data);
    await rename(fresh, file);
  } catch (error) {
    await rm(fresh, { force: true });
    throw error;
  }
}

/** Use within this time is not written down: a busy result would be touched at each request. */
const touchMs = 60_000;

/**
 * Keeps bytes in a folder, up to `maxBytes` in all or until the disk is full; the least recently used go first. The
 * folder is counted at the start. A file is renamed when it is whole, so a killed process leaves no half of one. Every
 * file in the folder counts and may be removed: it must have no others.
 */
export async function openFolder(
  folder: string,
  maxBytes: number,
  writeTo: Write = writeFile,
): Promise<Blobs> {
  /** In the order of their last use. */
  const known = new Map(await scan(folder));
  let total = [...known.values()].reduce((sum, { bytes }) => sum + bytes, 0);

  const forget = (name: string): void => {
    total -= known.get(name)?.bytes ?? 0;
    known.delete(name);
  };
  const use = (name: string, bytes: number): void => {
    forget(name);
    known.set(name, { bytes, usedMs: Date.now() });
    total += bytes;
  };
  const shrinkTo = async (bytes: number): Promise<void> => {
    for (const name of known.keys()) {
      if (total <= bytes) return;
      forget(name);
      const file = join(folder, name);
      await rm(file, { force: true });
      // Fails while the group has other files.
      await rmdir(dirname(file)).catch(() => {});
    }
  };

  const save = async (file: string, data: Buffer): Promise<void> => {
    try {
      await writeWhole(file, data, writeTo);
    } catch (error) {
      // The folder of a group may be removed between its making and the first file in it.
      const isFullOfOurs = isFull(error) && data.length <= total;
      if (!isGone(error) && !isFullOfOurs) throw error;
      if (isFullOfOurs) await shrinkTo(total - data.length);
      await writeWhole(file, data, writeTo);
    }
  };

  return {
    read: async (name, bounds) => {
      const before = known.get(name);
      if (before === undefined) return undefined;
      bounds?.reserve(before.bytes);
      const file = join(folder, name);
      const data = await readFile(file).catch(() => undefined);
      if (data === undefined) forget(name);
      else {
        use(name, data.length);
        const now = new Date();
        if (now.getTime() - before.usedMs > touchMs) void utimes(file, now, now).catch(() => {});
      }
      return data;
    },
    write: async (name, data) => {
      if (data.length > maxBytes) return;
      await save(join(folder, name), data);
      use(name, data.length);
      await shrinkTo(maxBytes);
    },
    removeGroup: async (group) => {
      const names = [...known.keys()].filter((name) => name.startsWith(`${group}/`));
      for (const name of names) forget(name);
      // The service may be writing into it.
      await rm(join(folder, group), { recursive: true, force: true, maxRetries: 5, retryDelay: 10 });
      return names.length;
    },
  };
}
