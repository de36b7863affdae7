import { readFile } from 'node:fs/promises';
import { Problem } from '../common/problem.ts';
import { isGsUrl, parseGsUrl } from './gs_url.ts';
import type { ObjectStore } from './storage.ts';

/** The text of a file, or of an object whose gs:// URL is given. @throws Problem `not_found`. */
export async function readText(place: string, store: Pick<ObjectStore, 'read'>): Promise<string> {
  if (isGsUrl(place)) return (await store.read(parseGsUrl(place))).toString('utf8');
  try {
    return await readFile(place, 'utf8');
  } catch (cause) {
    throw new Problem(
      'not_found',
      `${place}: expected a file that can be read, got ${(cause as NodeJS.ErrnoException).code}`,
      { cause },
    );
  }
}
