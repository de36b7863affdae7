import { constants, realpathSync, type Stats } from 'node:fs';
import { open, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { unescapeBytes } from '../../../common/escapes.ts';
import { Problem } from '../../../common/problem.ts';
import { textOf } from '../../http/query.ts';
import type { Reservation } from '../../upload/memory_budget.ts';
import type { Found, Source } from './source.ts';

const refused = (cause?: unknown): Problem => new Problem('invalid_param', 'Invalid file path', { cause });

const isInside = (root: string, file: string): boolean =>
  file.startsWith(root.endsWith(path.sep) ? root : root + path.sep);

/** The real file of a name, by whatever links it is reached. @throws Problem when it is outside or not there. */
async function realFile(root: string, name: string): Promise<string> {
  const file = path.join(root, name);
  if (name.includes('\0') || !isInside(root, file)) throw refused();
  const real = await realpath(file).catch((cause) => {
    throw refused(cause);
  });
  if (!isInside(root, real)) throw refused();
  return real;
}

const versionOf = ({ ino, mtimeMs, size }: Stats): string => `${ino}-${mtimeMs}-${size}`;

const unreadable = (error: unknown): never => {
  throw error instanceof Problem ? error : refused(error);
};

/** A link or a pipe that has taken the file's place is neither followed nor waited for. */
const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** The bytes of a file that is still the one that was found. */
async function readFile(file: string, maxBytes: number, reservation: Reservation): Promise<Buffer> {
  await using handle = await open(file, flags).catch(unreadable);
  const stats = await handle.stat();
  if (!stats.isFile()) throw refused();
  if (stats.size > maxBytes)
    throw new Problem('too_large', `file: expected at most ${maxBytes} bytes, got ${stats.size}`);
  reservation.add(stats.size);
  return await handle.readFile();
}

async function found(file: string, maxBytes: number): Promise<Found> {
  const stats = await stat(file).catch(unreadable);
  if (!stats.isFile()) throw refused();
  return { version: versionOf(stats), read: (reservation) => readFile(file, maxBytes, reservation) };
}

/** The name as the query has it, and decoded once more, as Imaginary's clients send it. */
function namesOf(name: string): readonly string[] {
  const again = unescapeBytes(Buffer.from(name).toString('latin1'));
  return again === undefined ? [name] : [...new Set([name, textOf(again)])];
}

/** Pictures in a folder of this machine, named by `?file=`; nothing outside it, by no link and no spelling. */
export function mountSource(folder: string, maxBytes: number): Source {
  const root = realpathSync(folder);
  return {
    takes: ({ query }) => Boolean(query.texts.get('file')),
    find: async ({ query }) => {
      const names = namesOf(query.texts.get('file') ?? '');
      const files = await Promise.allSettled(names.map((name) => realFile(root, name)));
      const file = files.find((one) => one.status === 'fulfilled')?.value;
      if (file === undefined) throw refused();
      return await found(file, maxBytes);
    },
  };
}
