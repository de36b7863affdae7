import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const temporaryDir = () => mkdtemp(join(tmpdir(), 'imagetx-'));
export const removeDir = (dir: string) => rm(dir, { recursive: true, force: true });

/** Runs the work in a temporary folder. */
export async function inFolder<T>(work: (dir: string) => Promise<T>): Promise<T> {
  const dir = await temporaryDir();
  try {
    return await work(dir);
  } finally {
    await removeDir(dir);
  }
}
