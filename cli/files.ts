import { stat } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { checkName } from '../common/object_name.ts';
import { Problem } from '../common/problem.ts';
import { formatNamed } from '../engine/catalog.ts';

/** A file of this machine, to become an object. */
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

/** What the system says of a file, in one line. */
export function fileProblem(path: string, cause: unknown): Problem {
  const { code = '', message } = cause as NodeJS.ErrnoException;
  return new Problem('not_found', `${path}: ${reasons[code] ?? message}`, { cause });
}

async function localFile(path: string, folder: string): Promise<LocalFile> {
  const facts = await stat(path).catch((cause: unknown) => Promise.reject(fileProblem(path, cause)));
  if (facts.isDirectory()) throw new Problem('invalid_param', `${path}: ${reasons.EISDIR}`);
  const contentType = formatNamed(extname(path).slice(1))?.mime ?? 'application/octet-stream';
  const object = checkName(`${folder}${basename(path)}`, { field: path });
  return { path, bytes: facts.size, object, contentType };
}

/** Two files of one name would overwrite each other. @throws Problem `invalid_param`. */
function checkDistinct(files: readonly LocalFile[]): void {
  const paths = new Map<string, string>();
  for (const { path, object } of files) {
    const other = paths.get(object);
    if (other) throw new Problem('invalid_param', `${other} and ${path}: both would be called ${object}`);
    paths.set(object, path);
  }
}

/** The files as they would lie in `folder` of the bucket. @throws Problem before anything is uploaded. */
export async function localFiles(paths: readonly string[], folder: string): Promise<readonly LocalFile[]> {
  const files = await Promise.all([...new Set(paths)].map((path) => localFile(path, folder)));
  checkDistinct(files);
  return files;
}
