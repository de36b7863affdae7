import { directoryAt, entriesOf, offsetIn, openTiff, type Tiff } from './tiff_directory.ts';

/** Tags whose value is where another directory lies: Exif, GPS, interoperability. */
const pointers: ReadonlySet<number> = new Set([0x8769, 0x8825, 0xa005]);
/** How deep directories are followed; real files come to three. */
const maxDepth = 8;

const starts = [Buffer.from('II*\0', 'latin1'), Buffer.from('MM\0*', 'latin1')];

/** Where blocks of EXIF may begin, in a file of any format. */
function* blocks(file: Buffer): Generator<number> {
  for (const start of starts)
    for (let at = file.indexOf(start); at !== -1; at = file.indexOf(start, at + 1)) yield at;
}

/** Entries that a reader comes by: in all, and behind pointers. Each block counts as one. */
interface Seen {
  all: number;
  behind: number;
}

/** Entries that no pointer leads to are read once, so there may be this many times as many. */
const plain = 100;
const isOver = ({ all, behind }: Seen, most: number): boolean => behind > most || all > most * plain;

/** Follows every pointer in a block, as readers do. */
function follow(tiff: Tiff, seen: Seen, most: number): void {
  const visit = (at: number, depth: number): void => {
    const directory = depth > maxDepth ? undefined : directoryAt(tiff, at);
    if (directory === undefined) return;
    for (const entry of entriesOf(tiff, directory)) {
      if (isOver(seen, most)) return;
      seen.all += 1;
      if (depth > 0) seen.behind += 1;
      if (pointers.has(entry.tag)) visit(offsetIn(tiff, entry), depth + 1);
    }
  };
  visit(tiff.first, 0);
}

/** Whether reading the EXIF of a file means more entries than `most`: directories that lie in each other multiply. */
export function hasExifOver(file: Buffer, most: number): boolean {
  const seen: Seen = { all: 0, behind: 0 };
  for (const at of blocks(file)) {
    const tiff = openTiff(file.subarray(at));
    seen.all += 1;
    if (tiff) follow(tiff, seen, most);
    if (isOver(seen, most)) return true;
  }
  return false;
}
