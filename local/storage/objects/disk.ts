import { createHash, randomUUID } from 'node:crypto';
import { renameSync, rmSync, statSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { importFiles } from './import_files.ts';
import type { ObjectPath, StoredObject } from './object.ts';
import { openRecords } from './records.ts';

/**
 * The folder of a store. An object is a record that refers to its bytes in `blobs/` by generation. Writing the record
 * creates the object, after its bytes are written, so that a kill at any moment leaves only unreferenced files. The
 * bytes are not synced to disk: a power cut may lose the last objects, and an object whose bytes are lost is ignored.
 * All these changes are synchronous: they take less time than their way to a thread and back, and a change needs no
 * lock. No object needs a small file of its own: to create and remove such files took more CPU time than all the rest
 * of the store.
 */
export type Disk = ReturnType<typeof openDisk>;

const folders = ['blobs', 'staging'] as const;
const keyOf = (path: ObjectPath) => createHash('sha256').update(`${path.bucket}/${path.name}`).digest('hex');
const versionOf = (object: ObjectPath & { readonly generation: number }) =>
  `${keyOf(object)}-${object.generation}`;

/** Removes a file. Succeeds when the file does not exist. */
export const removeFile = (file: string): void => rmSync(file, { force: true });

export function openDisk(dir: string) {
  const at = (folder: (typeof folders)[number], name: string) => join(dir, folder, name);
  const records = openRecords(dir);
  const hasBytes = (object: StoredObject): boolean =>
    statSync(at('blobs', versionOf(object)), { throwIfNoEntry: false })?.size === object.size;

  return {
    records,
    newFile: () => at('staging', randomUUID()),
    blob: (object: StoredObject) => at('blobs', versionOf(object)),
    /** `file`: its bytes, which move into the store. */
    writeBlob: (object: StoredObject, file: string) => renameSync(file, at('blobs', versionOf(object))),
    removeBlob: (object: StoredObject) => removeFile(at('blobs', versionOf(object))),

    /** Creates the folders, removes unreferenced files, and reads the records. */
    async load() {
      await Promise.all(folders.map((folder) => mkdir(join(dir, folder), { recursive: true })));
      await importFiles(dir, records, versionOf);
      const whole = records.objects().filter(({ object }) => hasBytes(object));
      const versions = new Set(whole.map(({ object }) => versionOf(object)));
      await sweep(join(dir, 'staging'), () => true);
      await sweep(join(dir, 'blobs'), (name) => !versions.has(name));
      return {
        buckets: records.buckets(),
        objects: whole.map(({ object }) => object),
        unannounced: whole.filter(({ isPending }) => isPending).map(({ object }) => object),
      };
    },
  };
}

async function sweep(folder: string, isLitter: (name: string) => boolean): Promise<void> {
  const litter = (await readdir(folder)).filter(isLitter);
  for (const name of litter) removeFile(join(folder, name));
}
