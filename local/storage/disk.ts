import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ObjectPath, StoredObject } from './object.ts';

/**
 * The folders of a store. An object is one JSON file in `objects/` that names its bytes in `blobs/` by
 * generation; it comes into being by the rename of that JSON file, when the bytes are already there, so a
 * process killed at any moment leaves only files that nothing names. `pending/` marks objects whose
 * finalize event has not been taken over yet.
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

export function diskAt(dir: string) {
  const at = (folder: (typeof folders)[number], name: string) => join(dir, folder, name);
  const replace = async (file: string, content: string) => {
    const staged = at('staging', randomUUID());
    await writeFile(staged, content, { flush: true });
    await rename(staged, file);
  };
  const pending = (object: StoredObject) => at('pending', versionOf(object));

  return {
    newFile: () => at('staging', randomUUID()),
    blob: (object: StoredObject) => at('blobs', versionOf(object)),
    writeBucket: (bucket: Bucket) => replace(at('buckets', `${bucket.name}.json`), JSON.stringify(bucket)),
    removeBucket: (name: string) => rm(at('buckets', `${name}.json`), { force: true }),
    writeObject: (object: StoredObject) =>
      replace(at('objects', `${keyOf(object)}.json`), JSON.stringify(object)),
    removeObject: (path: ObjectPath) => rm(at('objects', `${keyOf(path)}.json`), { force: true }),
    removeBlob: (object: StoredObject) => rm(at('blobs', versionOf(object)), { force: true }),
    markPending: (object: StoredObject) => writeFile(pending(object), ''),
    unmarkPending: (object: StoredObject) => rm(pending(object), { force: true }),

    /** Makes the folders, sweeps what no object names, and reads the rest. */
    async load() {
      await Promise.all(folders.map((folder) => mkdir(join(dir, folder), { recursive: true })));
      const buckets = (await readAll(join(dir, 'buckets'))) as Bucket[];
      const objects = (await readAll(join(dir, 'objects'))) as StoredObject[];
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

async function readAll(folder: string): Promise<unknown[]> {
  const read = async (name: string) => JSON.parse(await readFile(join(folder, name), 'utf8'));
  return inBatches(await readdir(folder), read);
}

async function sweep(folder: string, isLitter: (name: string) => boolean): Promise<void> {
  const litter = (await readdir(folder)).filter(isLitter);
  await inBatches(litter, (name) => rm(join(folder, name), { force: true }));
}

async function inBatches<T>(names: readonly string[], work: (name: string) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let start = 0; start < names.length; start += batchSize) {
    results.push(...(await Promise.all(names.slice(start, start + batchSize).map(work))));
  }
  return results;
}
