import { constants, realpathSync, type Stats } from 'node:fs';
import { type FileHandle, open, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { unescapeBytes } from '../../../common/escapes.ts';
import { Problem } from '../../../common/problem.ts';
import type { BufferPool, PooledBytes } from '../../../common/streams/growing_buffer.ts';
import { decodeText } from '../../http/query.ts';
import type { Reservation } from '../../upload/memory_budget.ts';
import type { FoundPicture, PictureSource } from './source.ts';

const invalidPath = (cause?: unknown): Problem =>
  new Problem('invalid_param', 'Invalid file path', { cause });

const isInside = (root: string, file: string): boolean =>
  file.startsWith(root.endsWith(path.sep) ? root : root + path.sep);

/** The real path of a file, with links resolved. @throws Problem when it is missing or outside of the folder. */
async function resolveFile(root: string, name: string): Promise<string> {
  const file = path.join(root, name);
  if (name.includes('\0') || !isInside(root, file)) throw invalidPath();
  const real = await realpath(file).catch((cause) => {
    throw invalidPath(cause);
  });
  if (!isInside(root, real)) throw invalidPath();
  return real;
}

/** Programs that copy files may set the time of a change (mtime) back, but not that of the inode (ctime). */
const versionOf = ({ ino, mtimeMs, ctimeMs, size }: Stats): string => [ino, mtimeMs, ctimeMs, size].join('-');

const unreadable = (error: unknown): never => {
  throw error instanceof Problem ? error : invalidPath(error);
};

/** Neither follows a link nor waits for a pipe that has replaced the file. */
const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

export interface MountOptions {
  readonly maxBytes: number;
  /** Where the memory of pictures comes from. */
  readonly pool: BufferPool;
}

/** Reads a file into memory of the pool; a file that has become longer meanwhile is cut off. */
async function readAll(handle: FileHandle, bytes: number, pool: BufferPool): Promise<PooledBytes> {
  const memory = pool.take(bytes);
  let length = 0;
  for (let read = -1; read !== 0 && length < bytes; length += read)
    read = (await handle.read(memory, length, bytes - length, length)).bytesRead;
  return { data: memory.subarray(0, length), release: () => pool.give(memory) };
}

/** Reads a file that was found. */
async function readFile(
  file: string,
  { maxBytes, pool }: MountOptions,
  reservation: Reservation,
): Promise<PooledBytes> {
  await using handle = await open(file, flags).catch(unreadable);
  const stats = await handle.stat();
  if (!stats.isFile()) throw invalidPath();
  if (stats.size > maxBytes)
    throw new Problem('too_large', `file: expected at most ${maxBytes} bytes, got ${stats.size}`);
  reservation.add(stats.size);
  return await readAll(handle, stats.size, pool);
}

async function findFile(file: string, root: string, options: MountOptions): Promise<FoundPicture> {
  const stats = await stat(file).catch(unreadable);
  if (!stats.isFile()) throw invalidPath();
  return {
    version: versionOf(stats),
    source: `file ${path.relative(root, file)}`,
    canWait: true,
    read: (reservation) => readFile(file, options, reservation),
  };
}

/** The name in the query, and the same name decoded once more: Imaginary's clients encode it twice. */
function namesOf(name: string): readonly string[] {
  const again = unescapeBytes(Buffer.from(name).toString('latin1'));
  return again === undefined ? [name] : [...new Set([name, decodeText(again)])];
}

/** Pictures in a local folder, named by `?file=`; no link and no spelling leads out of it. */
export function mountSource(folder: string, options: MountOptions): PictureSource {
  const root = realpathSync(folder);
  return {
    handles: ({ query }) => Boolean(query.texts.get('file')),
    find: async ({ query }) => {
      const names = namesOf(query.texts.get('file') ?? '');
      const files = await Promise.allSettled(names.map((name) => resolveFile(root, name)));
      const file = files.find((one) => one.status === 'fulfilled')?.value;
      if (file === undefined) throw invalidPath();
      return await findFile(file, root, options);
    },
  };
}
