import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, stat, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ObjectPath, StoredObject } from './object.ts';

/**
 * The folders of a store. An object is one JSON file in `objects/` that names its bytes in `blobs/` by
 * generation; it comes into being by the rename of that JSON file, when the bytes are already there, so a
 * process killed at any moment leaves only files that nothing names. Nothing waits for the disk itself: a cut
 * of power may lose the last objects, and one whose bytes did not survive it is no object. `pending/` marks
 * objects whose finalize event has not been taken over yet.
 */
export type Disk = ReturnType<typeof diskAt>;

export type Bucket = Readonly<Record<string, unknown>> & {
  readonly name: string;
  readonly timeCreated: string;
};

const folders = ['buckets', 'objects', 'blobs', 'pending', 'staging'] as const;
const keyOf = (path: ObjectPath) => createHash('sha256').update(`${path.bucket}/${path.name}`).digest('hex');
const versionOf = (object: ObjectPath & { readonly generation: number }) =>
  `${keyOf(object)}-${object.generation}`;

/** Removes a file; that it is not there is as good. */
export async function removed(file: string): Promise<void> {
  await unlink(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
}

export function diskAt(dir: string) {
  const at = (folder: (typeof folders)[number], name: string) => join(dir, folder, name);
  const replace = async (file: string, content: string) => {
    const staged = at('staging', randomUUID());
    await writeFile(staged, content);
    await rename(staged, file);
  };
  const hasBytes = async (object: StoredObject) => {
    const found = await stat(at('blobs', versionOf(object))).catch(() => undefined);
    return found?.size === object.size ? [object] : [];
  };
  const pending = (object: StoredObject) => at('pending', versionOf(object));

  return {
    newFile: () => at('staging', randomUUID()),
    blob: (object: StoredObject) => at('blobs', versionOf(object)),
    writeBucket: (bucket: Bucket) => replace(at('buckets', `${bucket.name}.json`), JSON.stringify(bucket)),
    removeBucket: (name: string) => removed(at('buckets', `${name}.json`)),
    writeObject: (object: StoredObject) =>
      replace(at('objects', `${keyOf(object)}.json`), JSON.stringify(object)),
    removeObject: (path: ObjectPath) => removed(at('objects', `${keyOf(path)}.json`)),
    removeBlob: (object: StoredObject) => removed(at('blobs', versionOf(object))),
    markPending: (object: StoredObject) => writeFile(pending(object), ''),
    unmarkPending: (object: StoredObject) => removed(pending(object)),

    /** Makes the folders, sweeps what no object names, and reads the rest. */
    async load() {
      await Promise.all(folders.map((folder) => mkdir(join(dir, folder), { recursive: true })));
      const buckets = (await readAll(join(dir, 'buckets'))) as Bucket[];
      const named = (await readAll(join(dir, 'objects'))) as StoredObject[];
      const objects = (await inBatches(named, hasBytes)).flat();
      const versions = new Map(objects.map((object) => [versionOf(object), object]));
      await sweep(join(dir, 'staging'), () => true);
      await sweep(join(dir, 'blobs'), (name) => !versions.has(name));
      await sweep(join(dir, 'pending'), (name) => !versions.has(name));
      const marked = await readdir(join(dir, 'pending'));
      return { buckets, objects, unannounced: marked.flatMap((name) => versions.get(name) ?? []) };
    },
  };
}

/** Files open at once: a store may hold more objects than a process may open files. */
const batchSize = 64;

/** A cut of power may have left a file empty: it counts for nothing. */
async function readAll(folder: string): Promise<unknown[]> {
  const read = async (name: string) => {
    const text = await readFile(join(folder, name), 'utf8');
    return text === '' ? [] : [JSON.parse(text)];
  };
  return (await inBatches(await readdir(folder), read)).flat();
}

async function sweep(folder: string, isLitter: (name: string) => boolean): Promise<void> {
  const litter = (await readdir(folder)).filter(isLitter);
  await inBatches(litter, (name) => removed(join(folder, name)));
}

async function inBatches<T, R>(all: readonly T[], work: (one: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let start = 0; start < all.length; start += batchSize) {
    results.push(...(await Promise.all(all.slice(start, start + batchSize).map(work))));
  }
  return results;
}
