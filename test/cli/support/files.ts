import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { png } from '../../batch/support/pictures.ts';
import { inFolder } from '../../support/folder.ts';
import { type Ran, ran } from './world.ts';

/** Runs in a folder with these files; `png` stands for a picture of 60 x 40. */
export function withFiles(
  files: Readonly<Record<string, string>>,
  work: (dir: string, convert: (...args: readonly string[]) => Promise<Ran>) => Promise<void>,
): Promise<void> {
  return inFolder(async (dir) => {
    const picture = await png(60, 40);
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(dir, name)), { recursive: true });
      await writeFile(join(dir, name), text === 'png' ? picture : text);
    }
    const placed = (arg: string): string => (/^[@]/.test(arg) ? join(dir, arg.slice(1)) : arg);
    const convert = async (...args: readonly string[]): Promise<Ran> => {
      const { code, out, err } = await ran(['convert', ...args.map(placed)]);
      return { code, out: out.replaceAll(`${dir}/`, '@'), err: err.replaceAll(`${dir}/`, '@') };
    };
    await work(dir, convert);
  });
}

/** The files below a folder, sorted. */
export const filesIn = async (dir: string): Promise<readonly string[]> =>
  (await readdir(dir, { recursive: true, withFileTypes: true }))
    .flatMap((entry) => (entry.isFile() ? join(entry.parentPath, entry.name).slice(dir.length + 1) : []))
    .sort();

/** Lines, sorted: outputs come in no order. */
export const lines = (text: string): readonly string[] => text.split('\n').filter(Boolean).sort();
