import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** How far a backfill has come. */
export interface Progress {
  /** Identifies the run: the names of its tasks contain it, so that no task is created twice. */
  readonly attempt: number;
  /** The last object whose jobs are queued. Objects are listed in the byte order of their names. */
  readonly after: string;
}

/** Where the progress of a run is kept, so that a killed run can resume. */
export interface Checkpoint {
  /** @returns the last object whose jobs are queued: another process with the same work may be further. */
  readonly save: (progress: Progress) => Promise<string>;
  /** Everything is queued. */
  readonly finish: (progress: Progress) => Promise<void>;
}

/** A short word for the options that identify a run when the command is called again. */
export const runWord = (options: unknown): string =>
  createHash('sha256').update(JSON.stringify(options)).digest('hex').slice(0, 16);

/** The checkpoint file of the run with these options. */
export const progressFile = (dir: string, options: unknown): string =>
  join(dir, 'backfill', `${runWord(options)}.json`);

/** undefined when no run with these options was interrupted. */
export async function readProgress(file: string): Promise<Progress | undefined> {
  try {
    const { attempt, after } = JSON.parse(await readFile(file, 'utf8'));
    return Number.isSafeInteger(attempt) && typeof after === 'string' ? { attempt, after } : undefined;
  } catch {
    return undefined;
  }
}

/** A checkpoint on disk. It is replaced atomically, so that a killed process leaves no half of it. */
export const fileCheckpoint = (file: string): Checkpoint => ({
  async save(progress) {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(`${file}.new`, JSON.stringify(progress));
    await rename(`${file}.new`, file);
    return progress.after;
  },
  finish: () => rm(file, { force: true }),
});
