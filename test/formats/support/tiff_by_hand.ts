/** A tag of a TIFF directory, the type of its values (3: 16 bits, 4: 32 bits), and the values. */
export type Tag = readonly [tag: number, type: 3 | 4, values: readonly number[]];

/** One page: stored samples, one piece per strip or tile, and the tags that describe them. */
export interface Page {
  readonly width: number;
  readonly height: number;
  readonly bits: readonly number[];
  /** 0: black is 1; 1: black is 0; 2: RGB; 3: palette; 5: CMYK; 6: YCbCr; 8: CIELab. */
  readonly photometric: number;
  readonly pieces: readonly Buffer[];
  /** Side of the tiles; absent: strips of `rowsPerStrip`, or one strip. */
  readonly tile?: number;
  readonly rowsPerStrip?: number;
  readonly compression?: number;
  readonly more?: readonly Tag[];
}

const places = ({ tile }: Page): readonly [offsets: number, lengths: number] =>
  tile ? [324, 325] : [273, 279];

function tagsOf(page: Page, dataAt: number): readonly Tag[] {
  const { width, height, bits, pieces, tile } = page;
  const lengths = pieces.map(({ length }) => length);
  const offsets = lengths.map(
    (_, index) => dataAt + lengths.slice(0, index).reduce((sum, one) => sum + one, 0),
  );
  const [offsetsTag, lengthsTag] = places(page);
  const given = (page.more ?? []).map(([tag]) => tag);
  const usual: readonly Tag[] = [
    [256, 4, [width]],
    [257, 4, [height]],
    [258, 3, bits],
    [259, 3, [page.compression ?? 1]],
    [262, 3, [page.photometric]],
    [offsetsTag, 4, offsets],
    [277, 3, [bits.length]],
    [lengthsTag, 4, lengths],
    ...(tile
      ? ([
          [322, 3, [tile]],
          [323, 3, [tile]],
        ] satisfies Tag[])
      : ([[278, 4, [page.rowsPerStrip ?? height]]] satisfies Tag[])),
  ];
  return [...usual.filter(([tag]) => !given.includes(tag)), ...(page.more ?? [])].sort(([a], [b]) => a - b);
}

const typeBytes = { 3: 2, 4: 4 } as const;

/** The directory and the values that do not fit into it. */
function directoryOf(tags: readonly Tag[], at: number, next: number): Buffer {
  const head = Buffer.alloc(2 + 12 * tags.length + 4);
  const extra: Buffer[] = [];
  let extraAt = at + head.length;
  head.writeUInt16LE(tags.length, 0);
  for (const [index, [tag, type, values]] of tags.entries()) {
    const bytes = Buffer.alloc(Math.max(4, values.length * typeBytes[type]));
    for (const [place, value] of values.entries())
      bytes.writeUIntLE(value, place * typeBytes[type], typeBytes[type]);
    const place = 2 + index * 12;
    head.writeUInt16LE(tag, place);
    head.writeUInt16LE(type, place + 2);
    head.writeUInt32LE(values.length, place + 4);
    if (bytes.length === 4) bytes.copy(head, place + 8);
    else {
      head.writeUInt32LE(extraAt, place + 8);
      extra.push(bytes);
      extraAt += bytes.length;
    }
  }
  head.writeUInt32LE(next, head.length - 4);
  return Buffer.concat([head, ...extra]);
}

/** A little-endian TIFF of these pages (TIFF 6.0). */
export function tiffOfPages(pages: readonly Page[]): Buffer {
  const parts: Buffer[] = [Buffer.from('II*\0\x08\0\0\0', 'latin1')];
  let at = 8;
  for (const [index, page] of pages.entries()) {
    const directoryLength = directoryOf(tagsOf(page, 0), 0, 0).length;
    const data = Buffer.concat(page.pieces);
    const end = at + directoryLength + data.length;
    const isLast = index === pages.length - 1;
    const directory = directoryOf(tagsOf(page, at + directoryLength), at, isLast ? 0 : end + (end % 2));
    parts.push(directory, data, Buffer.alloc(end % 2));
    at = end + (end % 2);
  }
  return Buffer.concat(parts);
}
