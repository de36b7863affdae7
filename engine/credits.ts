/** Who made a picture and who owns it: EXIF's words (TIFF 6.0, tags 315 and 33432), written in ASCII. */
export interface Credits {
  readonly Artist?: string;
  readonly Copyright?: string;
}

const tags: Readonly<Record<number, keyof Credits>> = { 315: 'Artist', 33432: 'Copyright' };
const asciiType = 2;
const maxBytes = 4096;

/** The first directory's entries of an EXIF block that are credits; nothing where the block is not as it should be. */
export function creditsOf(exif: Buffer): Credits {
  const tiff = exif.toString('latin1', 0, 4) === 'Exif' ? exif.subarray(6) : exif;
  const mark = tiff.toString('latin1', 0, 4);
  const little = mark === 'II*\0';
  if (tiff.length < 8 || (!little && mark !== 'MM\0*')) return {};
  const int = (at: number, bytes: number): number =>
    little ? tiff.readUIntLE(at, bytes) : tiff.readUIntBE(at, bytes);
  const directory = int(4, 4);
  if (directory + 2 > tiff.length) return {};
  const count = Math.min(int(directory, 2), Math.floor((tiff.length - directory - 2) / 12));
  const entries = Array.from({ length: count }, (_, index) => directory + 2 + 12 * index);
  return Object.fromEntries(
    entries
      .filter((at) => tags[int(at, 2)] && int(at + 2, 2) === asciiType)
      .map((at) => {
        const length = Math.min(int(at + 4, 4), maxBytes);
        const start = length <= 4 ? at + 8 : int(at + 8, 4);
        const text = tiff
          .toString('utf8', start, start + length)
          .replaceAll('\0', ' ')
          .trim();
        return [tags[int(at, 2)], text] as const;
      })
      .filter(([, text]) => text !== ''),
  );
}
