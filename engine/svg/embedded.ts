import { has } from '../formats/sniff/bytes.ts';
import { sharp } from '../native/sharp.ts';

const dataUri = /^\s*data:([^,]*),/i;
const percent = /%[\da-f]{2}/gi;

const byteOf = (escaped: string): string => String.fromCharCode(Number.parseInt(escaped.slice(1), 16));

/** The bytes of a `data:` URI (RFC 2397) in any encoding; undefined for other text. */
export function dataUriBytes(uri: string): Buffer | undefined {
  const head = dataUri.exec(uri);
  if (head === null) return undefined;
  const data = uri.slice(head[0].length);
  if (/;\s*base64\s*$/i.test(head[1] ?? '')) return Buffer.from(data.replaceAll(percent, byteOf), 'base64');
  return Buffer.from(Buffer.from(data).toString('latin1').replaceAll(percent, byteOf), 'latin1');
}

/** Whether librsvg draws a picture with these first bytes within a drawing. */
export const isRaster = (picture: Buffer): boolean =>
  has(picture, '\x89PNG') ||
  has(picture, '\xff\xd8\xff') ||
  has(picture, 'GIF8') ||
  (has(picture, 'RIFF') && has(picture, 'WEBP', 8)) ||
  has(picture, 'ftypavif', 4);

/** The pixels of a picture by its header; 0 for an unreadable picture, which is not drawn. */
export async function countPixels(picture: Buffer): Promise<number> {
  const header = await sharp(picture, { limitInputPixels: false })
    .metadata()
    .catch(() => undefined);
  return header ? header.width * header.height * (header.pages ?? 1) : 0;
}

export const drawingUri = (svg: string): string =>
  `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`;
