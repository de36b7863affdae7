import { isFlat, toRgba } from '../../native/raw_pixels.ts';
import { sharp } from '../../native/sharp.ts';
import { pixelData } from '../apng/chunks.ts';
import type { Encoded, Format } from '../format.ts';

/** An object of a PDF: a dictionary, and sometimes a stream. */
interface Part {
  readonly dictionary: string;
  readonly stream?: Buffer;
}

/** Readers refuse larger pages (PDF 32000-1, annex C). */
const maxPoints = 14_400;

function objectBytes({ dictionary, stream }: Part, number: number): Buffer {
  const head = `${number} 0 obj\n`;
  if (stream === undefined) return Buffer.from(`${head}<<${dictionary}>>\nendobj\n`);
  const open = Buffer.from(`${head}<<${dictionary}/Length ${stream.length}>>\nstream\n`);
  return Buffer.concat([open, stream, Buffer.from('\nendstream\nendobj\n')]);
}

/** A PDF of these objects, the first being its catalog. */
function pdfOf(parts: readonly Part[]): Buffer {
  const header = Buffer.from('%PDF-1.5\n%\xe2\xe3\xcf\xd3\n', 'latin1');
  const objects = parts.map((part, index) => objectBytes(part, index + 1));
  const offsets: string[] = [];
  let at = header.length;
  for (const object of objects) {
    offsets.push(`${String(at).padStart(10, '0')} 00000 n \n`);
    at += object.length;
  }
  const size = parts.length + 1;
  const table = `xref\n0 ${size}\n0000000000 65535 f \n${offsets.join('')}`;
  const trailer = `trailer\n<</Size ${size}/Root 1 0 R>>\nstartxref\n${at}\n%%EOF\n`;
  return Buffer.concat([header, ...objects, Buffer.from(table + trailer)]);
}

/** PNG's compressed pixels are what PDF's Flate filter reads, given the predictor. */
const flate = (
  space: string,
  colours: number,
  { width, height }: { width: number; height: number },
): string =>
  `/Type/XObject/Subtype/Image/Width ${width}/Height ${height}/ColorSpace/${space}/BitsPerComponent 8` +
  `/Filter/FlateDecode/DecodeParms<</Predictor 15/Colors ${colours}/BitsPerComponent 8/Columns ${width}>>`;

/** Writes one page that shows the picture: as a JPEG, or as exact pixels for flat artwork and with `lossless`. */
export const encodePdf: NonNullable<Format['encode']> = async (
  image,
  { quality, defaultQuality, lossless },
  { alpha },
) => {
  const pixels = await toRgba(image);
  const { data, width, height } = pixels;
  const open = () => sharp(data, { raw: { width, height, channels: 4 }, limitInputPixels: false });
  const colour = open().removeAlpha();
  const exact = lossless || isFlat(pixels);
  const picture: Part = exact
    ? { dictionary: flate('DeviceRGB', 3, pixels), stream: pixelData(await colour.png().toBuffer()) }
    : {
        dictionary: `/Type/XObject/Subtype/Image/Width ${width}/Height ${height}/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/DCTDecode`,
        stream: await colour.jpeg({ quality: quality ?? defaultQuality }).toBuffer(),
      };
  const opacity = open().extractChannel(3).toColourspace('b-w');
  const mask: readonly Part[] = alpha
    ? [{ dictionary: flate('DeviceGray', 1, pixels), stream: pixelData(await opacity.png().toBuffer()) }]
    : [];
  const scale = Math.min(1, maxPoints / Math.max(width, height));
  const [w, h] = [width * scale, height * scale];
  const parts: readonly Part[] = [
    { dictionary: '/Type/Catalog/Pages 2 0 R' },
    { dictionary: '/Type/Pages/Kids[3 0 R]/Count 1' },
    {
      dictionary: `/Type/Page/Parent 2 0 R/MediaBox[0 0 ${w} ${h}]/Contents 4 0 R/Resources<</XObject<</P 5 0 R>>>>`,
    },
    { dictionary: '', stream: Buffer.from(`q ${w} 0 0 ${h} 0 0 cm /P Do Q`) },
    { ...picture, dictionary: `${picture.dictionary}${alpha ? '/SMask 6 0 R' : ''}` },
    ...mask,
  ];
  return { data: pdfOf(parts), width, height, pages: 1 } satisfies Encoded;
};
