import { sharp } from './sharp.ts';

const dataUri = /^\s*data:([^,]*),/i;

/** The bytes of a `data:` URI (RFC 2397), however it spells them; undefined for any other text. */
export function bytesOf(uri: string): Buffer | undefined {
  const head = dataUri.exec(uri);
  if (head === null) return undefined;
  const data = uri.slice(head[0].length).replaceAll(/%[\da-f]{2}/gi, unescaped);
  return Buffer.from(data, /;\s*base64\s*$/i.test(head[1] ?? '') ? 'base64' : 'latin1');
}

const unescaped = (escaped: string): string => String.fromCharCode(Number.parseInt(escaped.slice(1), 16));

/** Whether it is a drawing of its own, plain or compressed: what that holds would not be looked at. */
export const isDrawing = (picture: Buffer): boolean =>
  /<(\w+:)?svg[\s>]/i.test(picture.toString('latin1', 0, 4096)) || picture.readUInt16BE() === 0x1f8b;

/** Pixels of a picture by its header; what cannot be read has none, and is not drawn either. */
export async function pixelsOf(picture: Buffer): Promise<number> {
  const header = await sharp(picture, { limitInputPixels: false })
    .metadata()
    .catch(() => undefined);
  return header ? header.width * header.height : 0;
}
