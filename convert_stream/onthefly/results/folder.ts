import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, rmdir, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import type { Blobs } from './blobs.ts';

/** Files whose writing was cut off begin with this. */
const unfinished = '.new-';

interface Known {
  readonly bytes: number;
  /** When it was read or written last. */
  readonly usedMs: number;
}

/** Removes what a killed process has left behind, and finds all files, the least recently used one first. */
async function scan(folder: string): Promise<ReadonlyMap<string, Known>> {
  await mkdir(folder, { recursive: true });
  const found: (readonly [string, Known])[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    if (entry.name.startsWith(unfinished)) await rm(file, { force: true });
    else {
      const { size, mtimeMs } = await stat(file);
      const name = file.slice(folder.length + 1).replaceAll(sep, '/');
      found.push([name, { bytes: size, usedMs: mtimeMs }]);
    }
  }
  return new Map(found.sort(([, a], [, b]) => a.usedMs - b.usedMs));
}

/** Use within this time is not written down: a busy result would be touched at each request. */
const touchMs = 60_000;

/**
 * Keeps bytes in a folder, up to `maxBytes` in all; the least recently used go first. The folder is counted at the
 * start. A file is renamed when it is whole, so a killed process leaves no half of one. Every file in the folder counts
 * and may be removed: it must have no others.
 */
export async function openFolder(folder: string, maxBytes: number): Promise<Blobs> {
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
  const makeRoom = async (): Promise<void> => {
    for (const name of known.keys()) {
      if (total <= maxBytes) return;
      forget(name);
      const file = join(folder, name);
      await rm(file, { force: true });
      // Fails while the group has other files.
      await rmdir(dirname(file)).catch(() => {});
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
      const [group = ''] = name.split('/');
      await mkdir(join(folder, group), { recursive: true });
      const file = join(folder, group, `${unfinished}${randomBytes(8).toString('hex')}`);
      try {
        await writeFile(file, data);
        await rename(file, join(folder, name));
      } catch (error) {
        await rm(file, { force: true });
        throw error;
      }
      use(name, data.length);
      await makeRoom();
    },
    removeGroup: async (group) => {
      const names = [...known.keys()].filter((name) => name.startsWith(`${group}/`));
      for (const name of names) forget(name);
      await rm(join(folder, group), { recursive: true, force: true });
      return names.length;
    },
  };
}
