import type { OverlayOptions } from 'sharp';
import { sharp } from '../../engine/native/sharp.ts';

/** One line of a contact sheet: our picture, then those of the peers; undefined if the file was refused. */
export interface SheetLine {
  readonly label: string;
  readonly pictures: readonly (Buffer | undefined)[];
}

const side = 200;
const labelHeight = 18;
const perSheet = 12;

const escapeXml = (text: string): string =>
  text.replace(/[<>&"']/g, (character) => `&#${character.charCodeAt(0)};`);

const labelOf = (text: string, width: number): Buffer =>
  Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${labelHeight}"><rect width="100%" height="100%" fill="#fff"/>` +
      `<text x="3" y="13" font-family="sans-serif" font-size="12">${escapeXml(text)}</text></svg>`,
  );

/** A thumbnail on lilac, or a dark square. */
async function thumbnail(png: Buffer | undefined): Promise<Buffer> {
  const background = png ? '#c8a2c8' : '#404040';
  const empty = { create: { width: side, height: side, channels: 3 as const, background } };
  if (!png) return await sharp(empty).png().toBuffer();
  return await sharp(png, { limitInputPixels: false })
    .resize(side, side, { fit: 'contain', background: '#00000000', kernel: 'nearest' })
    .flatten({ background })
    .toColourspace('srgb')
    .png()
    .toBuffer();
}

async function drawLine(
  { label, pictures }: SheetLine,
  top: number,
  width: number,
): Promise<OverlayOptions[]> {
  const thumbnails = await Promise.all(pictures.map(thumbnail));
  return [
    { input: labelOf(label, width), left: 0, top },
    ...thumbnails.map((input, index) => ({ input, left: index * side, top: top + labelHeight })),
  ];
}

async function drawSheet(title: string, lines: readonly SheetLine[]): Promise<Buffer> {
  const width = side * Math.max(...lines.map(({ pictures }) => pictures.length));
  const lineHeight = side + labelHeight;
  const layers = await Promise.all(
    lines.map((line, index) => drawLine(line, labelHeight + index * lineHeight, width)),
  );
  const height = labelHeight + lines.length * lineHeight;
  return await sharp({ create: { width, height, channels: 3, background: '#fff' } })
    .composite([{ input: labelOf(title, width), left: 0, top: 0 }, ...layers.flat()])
    .png()
    .toBuffer();
}

/** Draws contact sheets (PNG). `title` names the columns. */
export async function contactSheets(title: string, lines: readonly SheetLine[]): Promise<readonly Buffer[]> {
  const sheets: Buffer[] = [];
  for (let at = 0; at < lines.length; at += perSheet)
    sheets.push(await drawSheet(title, lines.slice(at, at + perSheet)));
  return sheets;
}
