import { statSync } from 'node:fs';
import { dirname, extname, join, relative, sep } from 'node:path';
import { Problem } from '../../../common/problem.ts';
import { formatNamed, stemOf } from '../../../engine/catalog.ts';
import { type Source, standardInput } from './sources.ts';

/** Where outputs go. */
export type Place =
  | { readonly kind: 'stdout' | 'beside' }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'folder'; readonly path: string }
  | { readonly kind: 'pattern'; readonly path: string };

const marks = /\{(name|file|ext)\}/g;

function isFolder(path: string): boolean {
  return /[\\/]$/.test(path) || statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

const formatIn = (path: string): boolean => formatNamed(extname(path).slice(1)) !== undefined;

/** The folder of outputs, as far as it is known before the sources are. */
export function outFolderOf(out: string | undefined): string | undefined {
  if (out === undefined || out === '-') return undefined;
  if (out.search(marks) !== -1) return dirname(`${out.slice(0, out.search(marks))}x`);
  return formatIn(out) && !isFolder(out) ? undefined : out;
}

interface Outputs {
  readonly out: string | undefined;
  /** Whether several outputs are possible, by the arguments. */
  readonly isSeveral: boolean;
  readonly sources: readonly Source[];
}

/** @throws Problem `invalid_param` when several outputs would go into one file. */
export function readPlace({ out, isSeveral, sources }: Outputs): Place {
  if (out === undefined)
    return { kind: sources[0]?.path === standardInput && !isSeveral ? 'stdout' : 'beside' };
  if (out.search(marks) !== -1) return { kind: 'pattern', path: out };
  if (out !== '-' && isFolder(out)) return { kind: 'folder', path: out };
  if (!isSeveral) return out === '-' ? { kind: 'stdout' } : { kind: 'file', path: out };
  if (out === '-' || formatIn(out))
    throw new Problem('invalid_param', `-o: expected a folder for several outputs, got ${out}`);
  return { kind: 'folder', path: out };
}

/** A file of an output: its path, the folder whose record has it, and its name there. */
export interface OutputFile {
  readonly path: string;
  readonly folder: string;
  readonly name: string;
}

const inFolder = (folder: string, name: string): OutputFile => ({ path: join(folder, name), folder, name });

/** The file of an output; undefined for standard output, and for a file that the user names: it has no record. */
export function outputFile(
  place: Place,
  { name, root }: Source,
  { suffix, word }: { readonly suffix: string; readonly word: string },
): OutputFile | undefined {
  const stem = `${stemOf(name)}${suffix}`;
  if (place.kind === 'beside') return inFolder(root, `${stem}.${word}`);
  if (place.kind === 'folder') return inFolder(place.path, `${stem}.${word}`);
  if (place.kind !== 'pattern') return undefined;
  const values: Readonly<Record<string, string>> = { name: stem, file: `${name}${suffix}`, ext: word };
  const path = place.path.replace(marks, (_, mark: string) => values[mark] ?? '');
  const folder = outFolderOf(place.path) ?? '.';
  return { path, folder, name: relative(folder, path).replaceAll(sep, '/') };
}

/** The word of a place's fixed extension, which selects the format. */
export function formatOfPlace(place: Place): string | undefined {
  if (place.kind !== 'file' && place.kind !== 'pattern') return undefined;
  const word = extname(place.path).slice(1).toLowerCase();
  return formatNamed(word) ? word : undefined;
}
