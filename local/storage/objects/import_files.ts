import { existsSync, readFileSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { StoredObject } from './object.ts';
import type { Bucket, Records } from './records.ts';

/** Folders of version 1.0: a JSON file per bucket and object, and an empty file per event that is owed. */
const folders = ['objects', 'buckets', 'pending'] as const;

/**
 * Takes over a store of version 1.0. `versionOf` names the mark of an owed event. The files are removed last, so that a
 * kill in between only repeats the work.
 */
export async function importFiles(
  dir: string,
  records: Records,
  versionOf: (object: StoredObject) => string,
): Promise<void> {
  const marks = new Set(await namesIn(join(dir, 'pending')));
  for (const bucket of await readAll(join(dir, 'buckets'))) records.putBucket(bucket as Bucket);
  for (const object of (await readAll(join(dir, 'objects'))) as readonly StoredObject[])
    records.put({ object, isPending: marks.has(versionOf(object)) });
  for (const folder of folders) await rm(join(dir, folder), { recursive: true, force: true });
}

const namesIn = async (folder: string): Promise<readonly string[]> =>
  existsSync(folder) ? await readdir(folder) : [];

/** Ignores an empty file, which a power cut may leave. */
async function readAll(folder: string): Promise<readonly unknown[]> {
  const texts = (await namesIn(folder)).map((name) => readFileSync(join(folder, name), 'utf8'));
  return texts.filter((text) => text !== '').map((text): unknown => JSON.parse(text));
}
