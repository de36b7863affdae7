import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { Problem } from '../../../common/problem.ts';
import { inputFormat } from '../../../engine/catalog.ts';
import { fileProblem } from '../../files.ts';
import { recordName } from './record.ts';

/** A picture to convert. */
export interface Source {
  /** A path, or `-` for standard input. */
  readonly path: string;
  /** Its folder in the argument and its name; outputs keep both. */
  readonly name: string;
  /** The folder that `name` is in. */
  readonly root: string;
}

export interface Found {
  readonly sources: readonly Source[];
  /** Arguments that lead to nothing, and folders that cannot be read. */
  readonly lost: readonly { readonly path: string; readonly problem: Problem }[];
  /** Files of folders that are left out, and folders whose names begin with a dot. */
  readonly hidden: number;
  readonly others: number;
  /** Whether the arguments may stand for several files. */
  readonly isSeveral: boolean;
}

type Lost = Found['lost'][number];

interface Walk {
  readonly root: string;
  /** The folder of the outputs, which is not walked into. */
  readonly outFolder: string | undefined;
  readonly sources: Source[];
  readonly lost: Lost[];
  readonly count: { hidden: number; others: number };
}

export const standardInput = '-';
const globbed = /[*?{}[\]]/;

const nameOf = (root: string, path: string): string => relative(root, path).replaceAll(sep, '/');

const lostAt = (path: string, cause: unknown): Lost => ({
  path,
  problem: cause instanceof Problem ? cause : fileProblem(path, cause),
});

/** Whether it is a file. What cannot be looked at counts as one, so that the error is told. */
const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (stats) => stats.isFile(),
    () => true,
  );

/** Adds what nobody named: a file, or a link to one. */
async function addFound(path: string, state: Pick<Walk, 'root' | 'sources' | 'count'>): Promise<void> {
  if (await isFile(path)) addFile(path, state);
  else state.count.others += 1;
}

/** Adds the pictures of a folder, in the order of names. Links to folders are not followed. */
async function walk(folder: string, state: Walk): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    state.lost.push(lostAt(folder, cause));
    return [];
  });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    const isFolder = entry.isDirectory();
    if (entry.name === recordName) continue;
    if (entry.name.startsWith('.')) state.count.hidden += 1;
    else if (isFolder && resolve(path) !== state.outFolder) await walk(path, state);
    else if (entry.isFile()) addFile(path, state);
    else if (!isFolder) await addFound(path, state);
  }
}

/** Adds a file that nobody named, if it has the extension of a picture. */
function addFile(path: string, { root, sources, count }: Pick<Walk, 'root' | 'sources' | 'count'>): void {
  const name = nameOf(root, path);
  const [, extension = ''] = /\.([^.]+)$/.exec(name) ?? [];
  if (!inputFormat(extension)) count.others += 1;
  else sources.push({ path, name, root });
}

const isBelow = (path: string, folder: string): boolean =>
  resolve(path).startsWith(join(resolve(folder), sep));

/** A pattern with /; elsewhere than on Windows a backslash is an escape. */
const withSlashes = (pattern: string): string => pattern.replaceAll(sep, '/');

/** The folder of a pattern before its first wildcard. */
function baseOf(pattern: string): string {
  const parts = pattern.split('/');
  const fixed = parts.slice(
    0,
    parts.findIndex((part) => globbed.test(part)),
  );
  return fixed.length === 0 ? '.' : fixed.join('/') || '/';
}

/** Which paths lead through links to folders below the root. `**` does not follow them, as in shells and in folders. */
async function linkedIn(root: string, paths: readonly string[]): Promise<(path: string) => boolean> {
  const top = await realpath(root);
  const folders = [...new Set(paths.map((path) => dirname(path)))];
  const isReal = async (folder: string) => (await realpath(folder)) === join(top, relative(root, folder));
  const real = new Map(await Promise.all(folders.map(async (one) => [one, await isReal(one)] as const)));
  return (path) => !real.get(dirname(path));
}

/** Adds the pictures of a pattern, for shells that leave patterns to programs. */
async function addMatches(pattern: string, state: Omit<Walk, 'root'>): Promise<void> {
  const { glob } = await import('tinyglobby');
  const root = baseOf(withSlashes(pattern));
  const paths = await glob(withSlashes(pattern), { expandDirectories: false });
  if (paths.length === 0) throw new Problem('not_found', `${pattern}: no file matches`);
  const { outFolder } = state;
  // The folder of the pattern itself may be that of the outputs; then their record tells them from sources.
  const isOutput = (path: string): boolean =>
    outFolder !== undefined && isBelow(outFolder, root) && isBelow(path, outFolder);
  const isLinked = pattern.includes('**') ? await linkedIn(root, paths) : () => false;
  for (const path of paths.sort())
    if (!isOutput(path) && !isLinked(path)) await addFound(path, { ...state, root });
}

/** Outputs of one folder lie directly in the output folder; those of several folders keep the folders' names. */
function rootOf(folder: string, isAlone: boolean): string {
  const hasName = !['', '.', '..'].includes(basename(folder));
  return isAlone || !hasName ? folder : dirname(folder);
}

/** Adds what one argument stands for. @returns whether that may be several files. */
async function addArgument(
  text: string,
  { isAlone, ...state }: Omit<Walk, 'root'> & { readonly isAlone: boolean },
): Promise<boolean> {
  if (text === standardInput) {
    state.sources.push({ path: text, name: 'stdin', root: '.' });
    return false;
  }
  const stats = await stat(text).catch((cause: unknown) => {
    if (globbed.test(text)) return undefined;
    throw fileProblem(text, cause);
  });
  if (stats === undefined) {
    await addMatches(text, state);
    return true;
  }
  if (stats.isDirectory()) {
    await walk(text, { ...state, root: rootOf(text, isAlone) });
    return true;
  }
  state.sources.push({ path: text, name: basename(text), root: dirname(text) });
  return false;
}

/** The pictures of files, folders and patterns, each once. */
export async function findSources(texts: readonly string[], outFolder: string | undefined): Promise<Found> {
  const sources: Source[] = [];
  const lost: Lost[] = [];
  const count = { hidden: 0, others: 0 };
  const isAlone = texts.length === 1;
  let isSeveral = !isAlone;
  for (const text of texts) {
    const state = { isAlone, outFolder: outFolder && resolve(outFolder), sources, lost, count };
    const found = await addArgument(text, state).catch((cause: unknown) => cause);
    if (typeof found === 'boolean') isSeveral ||= found;
    else lost.push(lostAt(text, found));
  }
  const once = [...new Map(sources.map((source) => [resolve(source.path), source])).values()];
  return { sources: once, lost, ...count, isSeveral };
}
