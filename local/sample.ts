import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createObjectStore } from '../cloud/storage.ts';
import { isProblem } from '../common/problem.ts';
import type { LocalCloud } from './cloud.ts';
import { names } from './environment.ts';
import { root } from './services/services.ts';

/** The photograph in the source bucket. */
export const sampleName = 'sample.jpg';
const sampleFile = join(root, 'playground/samples/photo.jpg');

/** Says that this state has had its photograph: who deletes it does not want it back. */
const markerOf = (dir: string): string => join(dir, 'sample');

const isThere = async (file: string): Promise<boolean> =>
  await readFile(file).then(
    () => true,
    () => false,
  );

/** Puts a photograph into the source bucket at the first start with this state, so that there is one to ask for. */
export async function addSample({ dir, urls }: Pick<LocalCloud, 'dir' | 'urls'>): Promise<void> {
  if (await isThere(markerOf(dir))) return;
  const store = createObjectStore({ projectId: names.project, endpoint: urls.storage });
  const upload = {
    bucket: names.buckets.source,
    name: sampleName,
    data: await readFile(sampleFile),
    contentType: 'image/jpeg',
    metadata: {},
    ifGeneration: '0',
  };
  await store.write(upload).catch((error: unknown) => {
    // There is an object of that name already.
    if (!isProblem(error, 'superseded')) throw error;
  });
  await writeFile(markerOf(dir), '');
}
