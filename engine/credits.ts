import { openExif } from './exif.ts';
import { bytesOf, directoryAt, entriesOf } from './tiff_directory.ts';

/** The author and the owner of a picture: tags 315 and 33432 of EXIF and TIFF. */
export interface Credits {
  readonly Artist?: string;
  readonly Copyright?: string;
}

const tags: Readonly<Record<number, keyof Credits>> = { 315: 'Artist', 33432: 'Copyright' };
const asciiType = 2;
const maxBytes = 4096;

/** The credits in the first directory of an EXIF block or a TIFF; none where it is not built as it should be. */
export function creditsOf(exif: Buffer): Credits {
  const tiff = openExif(exif);
  const directory = tiff && directoryAt(tiff, tiff.first);
  if (tiff === undefined || directory === undefined) return {};
  const texts = [...entriesOf(tiff, directory)]
    .filter(({ tag, type }) => tags[tag] !== undefined && type === asciiType)
    .map((entry) => {
      const text = bytesOf(tiff, entry).toString('utf8', 0, maxBytes).replaceAll('\0', ' ').trim();
      return [tags[entry.tag], text] as const;
    });
  return Object.fromEntries(texts.filter(([, text]) => text !== ''));
}
