import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** The checkpoint of a backfill. */
export interface Progress {
  /** Identifies the run: the names of its tasks contain it, so that no task is created twice. */
  readonly attempt: number;
  /** The last object whose jobs are queued. Objects are listed in the byte order of their names. */
  readonly after: string;
}

/** The checkpoint file of the run with these options. */
export const progressFile = (dir: string, options: unknown): string => {
  const hash = createHash('sha256').update(JSON.stringify(options)).digest('hex');
  return join(dir, 'backfill', `${hash.slice(0, 16)}.json`);
};

/** undefined when no run with these options was interrupted. */
export async function readProgress(file: string): Promise<Progress | undefined> {
  try {
    const { attempt, after } = JSON.parse(await readFile(file, 'utf8'));
    return Number.isSafeInteger(attempt) && typeof after === 'string' ? { attempt, after } : undefined;
  } catch {
    return undefined;
  }
}

/** Replaces the file atomically, so that a killed process leaves no half of it. */
export async function writeProgress(file: string, progress: Progress): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(`${file}.new`, JSON.stringify(progress));
  await rename(`${file}.new`, file);
}

export const forgetProgress = (file: string): Promise<void> => rm(file, { force: true });
