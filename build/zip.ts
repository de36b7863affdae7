import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Zippable, zipSync } from 'fflate';

/** The oldest time that a zip file can hold: with it the same files make the same bytes. */
const mtime = new Date(1980, 0, 1);

/** Packs a folder into a zip file whose bytes depend on names and contents only. */
export async function zipFolder(folder: string, file: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll('\\', '/'),
    )
    .sort();
  const files: Zippable = {};
  for (const name of names)
    files[name] = [await readFile(join(folder, name)), { mtime, level: 9, os: 3, attrs: 0o100644 << 16 }];
  await writeFile(file, zipSync(files));
}
