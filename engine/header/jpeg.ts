import { isExif, isFrame, type Segment, segmentsOf, startsWith } from '../formats/jpeg/segments.ts';
import { exifOrientation } from '../metadata/exif.ts';
import type { Metadata } from '../native/sharp.ts';

/** The fields of a header that the engine uses, named as in sharp. */
export type Header = Pick<
  Metadata,
  'width' | 'height' | 'hasAlpha' | 'space' | 'hasProfile' | 'channels' | 'depth'
> &
  Pick<
    Partial<Metadata>,
    'orientation' | 'exif' | 'xmp' | 'iptc' | 'pages' | 'pagePrimary' | 'pageHeight' | 'delay' | 'loop'
  >;

/** A header that we read ourselves, and where the compressed pixels begin: EXIF comes before them. */
export interface PlainHeader extends Header {
  readonly pixelsAt: number;
}

/** A gain map (MPF, ISO 21496-1, or the XMP of Adobe) changes how libvips reads the picture. */
const announcesGainMap = ({ marker, body }: Segment): boolean =>
  (marker === 0xe2 && (startsWith(body, 'MPF\0') || startsWith(body, 'urn:iso:std:iso:ts:21496'))) ||
  (marker === 0xe1 && startsWith(body, 'http://ns.adobe.com/xap/') && body.includes('hdrgm:'));

const xmpMark = 'http://ns.adobe.com/xap/1.0/\0';
const spaces: Readonly<Record<number, Metadata['space']>> = { 1: 'b-w', 3: 'srgb', 4: 'cmyk' };

/**
 * Reads the header of an ordinary JPEG. Reading it with sharp costs 3 % of a small conversion.
 * @returns undefined if anything is unusual; sharp reads the header then.
 */
export function jpegHeader(file: Buffer): PlainHeader | undefined {
  const { read: segments = [], scanAt = 0 } = segmentsOf(file) ?? {};
  const frames = segments.filter(({ marker }) => isFrame(marker));
  const [frame] = frames.map(({ body }) => body);
  if (frame === undefined || frames.length > 1 || frame.length < 6) return undefined;
  const [precision, channels] = [frame[0], frame[5] ?? 0];
  const [height, width] = [frame.readUInt16BE(1), frame.readUInt16BE(3)];
  const space = spaces[channels];
  if (precision !== 8 || !width || !height || !space) return undefined;
  if (segments.some(announcesGainMap)) return undefined;
  const bodiesOf = (marker: number, mark: string): readonly Buffer[] =>
    segments.filter((one) => one.marker === marker && startsWith(one.body, mark)).map(({ body }) => body);
  const exifs = segments.filter(isExif).map(({ body }) => body);
  const [exif] = exifs;
  const [xmp] = bodiesOf(0xe1, xmpMark);
  const [iptc] = bodiesOf(0xed, 'Photoshop 3.0\0');
  const orientation = exif ? exifOrientation(exif) : 0;
  if (exifs.length > 1 || orientation === undefined) return undefined;
  return {
    pixelsAt: scanAt,
    width,
    height,
    space,
    channels: channels as 1 | 3 | 4,
    depth: 'uchar',
    hasAlpha: false,
    hasProfile: bodiesOf(0xe2, 'ICC_PROFILE\0').length > 0,
    ...(exif ? { exif } : {}),
    ...(xmp ? { xmp: xmp.subarray(xmpMark.length) } : {}),
    ...(iptc ? { iptc } : {}),
    ...(orientation > 0 ? { orientation } : {}),
  };
}
