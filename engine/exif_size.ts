/** Tags whose value is where another directory lies: Exif, GPS, interoperability. */
const pointers: ReadonlySet<number> = new Set([0x8769, 0x8825, 0xa005]);
/** As deep as they may lie in each other here; real ones come to three. */
const maxDepth = 8;
const entryBytes = 12;

const starts = [Buffer.from('II*\0', 'latin1'), Buffer.from('MM\0*', 'latin1')];

/** Where blocks of EXIF may begin, in a file of any format. */
function* blocks(file: Buffer): Generator<number> {
  for (const start of starts)
    for (let at = file.indexOf(start); at !== -1; at = file.indexOf(start, at + 1)) yield at;
}

/** Entries that were come by: in all, and behind pointers. Each block counts as one. */
interface Seen {
  all: number;
  behind: number;
}

/** So many times as many entries may there be in all: what no pointer leads to is read once. */
const plain = 100;
const isOver = ({ all, behind }: Seen, most: number): boolean => behind > most || all > most * plain;

/** Follows every pointer in a block, as readers do. */
function follow(block: Buffer, seen: Seen, most: number): void {
  const isLittle = block[0] === 0x49;
  const short = (at: number): number => (isLittle ? block.readUInt16LE(at) : block.readUInt16BE(at));
  const long = (at: number): number => (isLittle ? block.readUInt32LE(at) : block.readUInt32BE(at));
  const visit = (directory: number, depth: number): void => {
    if (depth > maxDepth || directory + 2 > block.length) return;
    const count = Math.min(short(directory), Math.floor((block.length - directory - 2) / entryBytes));
    for (let index = 0; index < count && !isOver(seen, most); index += 1) {
      const entry = directory + 2 + index * entryBytes;
      seen.all += 1;
      if (depth > 0) seen.behind += 1;
      if (pointers.has(short(entry))) visit(long(entry + 8), depth + 1);
    }
  };
  seen.all += 1;
  if (block.length >= 8) visit(long(4), 0);
}

/** Whether reading the EXIF of a file means more entries than that: directories that lie in each other multiply. */
export function hasExifOver(file: Buffer, most: number): boolean {
  const seen: Seen = { all: 0, behind: 0 };
  for (const at of blocks(file)) {
    follow(file.subarray(at), seen, most);
    if (isOver(seen, most)) return true;
  }
  return false;
}
