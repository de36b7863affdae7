import { directoryAt, entriesOf, offsetIn, openTiff, type Tiff } from './tiff_directory.ts';

/** Tags whose value is the offset of another directory: Exif, GPS, interoperability. */
const pointers: ReadonlySet<number> = new Set([0x8769, 0x8825, 0xa005]);
/** How deep directories are followed; real files come to three. */
const maxDepth = 8;

const starts = [Buffer.from('II*\0', 'latin1'), Buffer.from('MM\0*', 'latin1')];

/** Offsets at which blocks of EXIF may begin, in a file of any format. */
function* blocks(file: Buffer): Generator<number> {
  for (const start of starts)
    for (let at = file.indexOf(start); at !== -1; at = file.indexOf(start, at + 1)) yield at;
}

/** Entries visited: in total, and through pointers. Each block counts as one. */
interface Visited {
  all: number;
  throughPointers: number;
}

/** Other entries are read once, so this many times as many are allowed. */
const otherEntriesFactor = 100;
const isOver = ({ all, throughPointers }: Visited, most: number): boolean =>
  throughPointers > most || all > most * otherEntriesFactor;

/** Follows every pointer in a block, as readers do. */
function follow(tiff: Tiff, visited: Visited, most: number): void {
  const visit = (at: number, depth: number): void => {
    const directory = depth > maxDepth ? undefined : directoryAt(tiff, at);
    if (directory === undefined) return;
    for (const entry of entriesOf(tiff, directory)) {
      if (isOver(visited, most)) return;
      visited.all += 1;
      if (depth > 0) visited.throughPointers += 1;
      if (pointers.has(entry.tag)) visit(offsetIn(tiff, entry), depth + 1);
    }
  };
  visit(tiff.first, 0);
}

/** Whether a reader of the file's EXIF visits more entries than `most`: nested directories multiply them. */
export function hasExifOver(file: Buffer, most: number): boolean {
  const visited: Visited = { all: 0, throughPointers: 0 };
  for (const at of blocks(file)) {
    const tiff = openTiff(file.subarray(at));
    visited.all += 1;
    if (tiff) follow(tiff, visited, most);
    if (isOver(visited, most)) return true;
  }
  return false;
}
