import { rmSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { stdout } from 'node:process';
import { fileProblem } from '../../files.ts';

/** Writes outputs so that a file is there wholly or not at all. */
export interface Writer {
  /** @throws Problem. */
  readonly write: (path: string, data: Buffer) => Promise<void>;
  /** Removes the parts of files that are being written. Synchronous, for Ctrl-C. */
  readonly removeParts: () => void;
}

export function createWriter(): Writer {
  const parts = new Set<string>();
  let count = 0;

  async function writeWhole(path: string, data: Buffer): Promise<void> {
    const folder = dirname(path);
    const part = join(folder, `.${basename(path).slice(0, 100)}.${process.pid}-${count++}.part`);
    await mkdir(folder, { recursive: true });
    parts.add(part);
    try {
      await writeFile(part, data);
      await rename(part, path);
    } catch (cause) {
      await rm(part, { force: true });
      throw cause;
    } finally {
      parts.delete(part);
    }
  }

  return {
    write: async (path, data) => {
      try {
        if (path !== '-') await writeWhole(path, data);
        else await new Promise((resolve) => stdout.write(data, resolve));
      } catch (cause) {
        throw fileProblem(path, cause);
      }
    },
    removeParts: () => {
      for (const part of parts) rmSync(part, { force: true });
    },
  };
}
