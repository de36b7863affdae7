import { readFile, stat } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { stdin } from 'node:process';
import { buffer } from 'node:stream/consumers';
import { checkName } from '../common/object_name.ts';
import { Problem } from '../common/problem.ts';
import { formatNamed } from '../engine/catalog.ts';

/** A local file that is to be uploaded. */
export interface LocalFile {
  readonly path: string;
  readonly bytes: number;
  readonly object: string;
  readonly contentType: string;
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or folder',
  EACCES: 'permission denied',
  EISDIR: 'a folder, not a file',
};

/** The error of a file operation as a Problem. */
export function fileProblem(path: string, cause: unknown): Problem {
  const { code = '', message } = cause as NodeJS.ErrnoException;
  // Node reads such a name with marks in the place of its bytes, which no file has.
  if (code === 'ENOENT' && path.includes('\ufffd'))
    return new Problem('not_found', `${path}: its name is not in UTF-8, so it cannot be opened`, { cause });
  return new Problem('not_found', `${path}: ${reasons[code] ?? message}`, { cause });
}

/** The bytes of a file; `-` is standard input. @throws Problem. */
export async function readPicture(path: string): Promise<Buffer> {
  try {
    return path === '-' ? await buffer(stdin) : await readFile(path);
  } catch (cause) {
    throw fileProblem(path, cause);
  }
}

async function readLocalFile(path: string, folder: string): Promise<LocalFile> {
  const stats = await stat(path).catch((cause: unknown) => Promise.reject(fileProblem(path, cause)));
  if (stats.isDirectory()) throw new Problem('invalid_param', `${path}: ${reasons.EISDIR}`);
  const contentType = formatNamed(extname(path).slice(1))?.mime ?? 'application/octet-stream';
  const object = checkName(`${folder}${basename(path)}`, { field: path });
  return { path, bytes: stats.size, object, contentType };
}

/** @throws Problem `invalid_param` when two files would overwrite each other. */
function checkDistinct(files: readonly LocalFile[]): void {
  const paths = new Map<string, string>();
  for (const { path, object } of files) {
    const other = paths.get(object);
    if (other) throw new Problem('invalid_param', `${other} and ${path}: both would become ${object}`);
    paths.set(object, path);
  }
}

/** The files with their object names in `folder`. @throws Problem `invalid_param`, `not_found`. */
export async function readLocalFiles(
  paths: readonly string[],
  folder: string,
): Promise<readonly LocalFile[]> {
  const files = await Promise.all([...new Set(paths)].map((path) => readLocalFile(path, folder)));
  checkDistinct(files);
  return files;
}
