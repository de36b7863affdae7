import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** How far a backfill has come. */
export interface Progress {
  /** What the run is: its orders have this number in their tasks' names, so that none is made twice. */
  readonly attempt: number;
  /** The last object that is done with; names come in the order of their bytes. */
  readonly after: string;
}

/** The file of the run that these facts describe. */
export const progressFile = (dir: string, facts: unknown): string => {
  const hash = createHash('sha256').update(JSON.stringify(facts)).digest('hex');
  return join(dir, 'backfill', `${hash.slice(0, 16)}.json`);
};

/** undefined when no run of this kind was interrupted. */
export async function readProgress(file: string): Promise<Progress | undefined> {
  try {
    const { attempt, after } = JSON.parse(await readFile(file, 'utf8'));
    return Number.isSafeInteger(attempt) && typeof after === 'string' ? { attempt, after } : undefined;
  } catch {
    return undefined;
  }
}

/** Whole or not at all, also when the process is killed. */
export async function writeProgress(file: string, progress: Progress): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(`${file}.new`, JSON.stringify(progress));
  await rename(`${file}.new`, file);
}

export const forgetProgress = (file: string): Promise<void> => rm(file, { force: true });
