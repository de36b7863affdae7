import { createHash, randomUUID } from 'node:crypto';
import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ObjectPath, StoredObject } from './object.ts';

/**
 * The folders of a store. An object is a JSON file in `objects/` that refers to its bytes in `blobs/` by generation.
 * The rename of that JSON file creates the object, after its bytes are written, so that a kill at any moment leaves
 * only unreferenced files. Nothing is synced to disk: a power cut may lose the last objects, and an object whose bytes
 * are lost is ignored. `pending/` marks objects whose finalize event has not been handed over yet. All these changes are
 * synchronous: a few small files take less time than their way to a thread and back, and a change needs no lock.
 */
export type Disk = ReturnType<typeof openDisk>;

export type Bucket = Readonly<Record<string, unknown>> & {
  readonly name: string;
  readonly timeCreated: string;
};

const folders = ['buckets', 'objects', 'blobs', 'pending', 'staging'] as const;
const keyOf = (path: ObjectPath) => createHash('sha256').update(`${path.bucket}/${path.name}`).digest('hex');
const versionOf = (object: ObjectPath & { readonly generation: number }) =>
  `${keyOf(object)}-${object.generation}`;

/** Removes a file. Succeeds when the file does not exist. */
export const removeFile = (file: string): void => rmSync(file, { force: true });

export function openDisk(dir: string) {
  const at = (folder: (typeof folders)[number], name: string) => join(dir, folder, name);
  const replace = (file: string, content: string): void => {
    const staged = at('staging', randomUUID());
    writeFileSync(staged, content);
    renameSync(staged, file);
  };
  const hasBytes = (object: StoredObject): boolean =>
    statSync(at('blobs', versionOf(object)), { throwIfNoEntry: false })?.size === object.size;
  const pending = (object: StoredObject) => at('pending', versionOf(object));

  return {
    newFile: () => at('staging', randomUUID()),
    blob: (object: StoredObject) => at('blobs', versionOf(object)),
    writeBucket: (bucket: Bucket) => replace(at('buckets', `${bucket.name}.json`), JSON.stringify(bucket)),
    removeBucket: (name: string) => removeFile(at('buckets', `${name}.json`)),
    writeObject: (object: StoredObject) =>
      replace(at('objects', `${keyOf(object)}.json`), JSON.stringify(object)),
    removeObject: (path: ObjectPath) => removeFile(at('objects', `${keyOf(path)}.json`)),
    /** `file`: its bytes, which move into the store. */
    writeBlob: (object: StoredObject, file: string) => renameSync(file, at('blobs', versionOf(object))),
    removeBlob: (object: StoredObject) => removeFile(at('blobs', versionOf(object))),
    markPending: (object: StoredObject) => writeFileSync(pending(object), ''),
    unmarkPending: (object: StoredObject) => removeFile(pending(object)),

    /** Creates the folders, removes unreferenced files, and reads the rest. */
    async load() {
      await Promise.all(folders.map((folder) => mkdir(join(dir, folder), { recursive: true })));
      const buckets = (await readAll(join(dir, 'buckets'))) as Bucket[];
      const named = (await readAll(join(dir, 'objects'))) as StoredObject[];
      const objects = named.filter(hasBytes);
      const versions = new Map(objects.map((object) => [versionOf(object), object]));
      await sweep(join(dir, 'staging'), () => true);
      await sweep(join(dir, 'blobs'), (name) => !versions.has(name));
      await sweep(join(dir, 'pending'), (name) => !versions.has(name));
      const marked = await readdir(join(dir, 'pending'));
      return { buckets, objects, unannounced: marked.flatMap((name) => versions.get(name) ?? []) };
    },
  };
}

/**
 * Ignores an empty file, which a power cut may leave. Reads synchronously, at the start only: promises would take five
 * times as long for a hundred thousand files.
 */
async function readAll(folder: string): Promise<unknown[]> {
  const texts = (await readdir(folder)).map((name) => readFileSync(join(folder, name), 'utf8'));
  return texts.filter((text) => text !== '').map((text): unknown => JSON.parse(text));
}

async function sweep(folder: string, isLitter: (name: string) => boolean): Promise<void> {
  const litter = (await readdir(folder)).filter(isLitter);
  for (const name of litter) removeFile(join(folder, name));
}
