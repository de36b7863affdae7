import { rmSync } from 'node:fs';
import { mkdir, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { stdout } from 'node:process';
import { fileProblem } from '../../files.ts';

/** Writes outputs so that a file is there wholly or not at all. */
export interface Writer {
  /** @throws Problem. */
  readonly write: (path: string, data: Buffer) => Promise<void>;
  /** Removes the parts of files that are being written. Synchronous, for Ctrl-C. */
  readonly removeParts: () => void;
}

/** Whether the bytes go into what is there: a pipe or a device is not a file that another one may replace. */
async function isStream(path: string): Promise<boolean> {
  const there = await stat(path).catch(() => undefined);
  return there !== undefined && !there.isFile() && !there.isDirectory();
}

export function createWriter(): Writer {
  const parts = new Set<string>();
  let count = 0;

  async function writeWhole(path: string, data: Buffer): Promise<void> {
    await mkdir(dirname(path), { recursive: true });
    // A link stays, and its file is replaced.
    const file = await realpath(path).catch(() => path);
    // Short: the name of the output may be as long as names can be.
    const part = join(dirname(file), `.imagetx-${process.pid}-${count++}.part`);
    parts.add(part);
    try {
      await writeFile(part, data);
      await rename(part, file);
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
        if (path === '-') await new Promise((resolve) => stdout.write(data, resolve));
        else if (await isStream(path)) await writeFile(path, data);
        else await writeWhole(path, data);
      } catch (cause) {
        throw fileProblem(path, cause);
      }
    },
    removeParts: () => {
      for (const part of parts) rmSync(part, { force: true });
    },
  };
}
