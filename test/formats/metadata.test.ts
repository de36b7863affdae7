import { readFile } from 'node:fs/promises';
import { afterAll, expect, test } from '@jest/globals';
import { boxesOf } from '../../engine/metadata/blocks/boxes.ts';
import { intoJpeg } from '../../engine/metadata/blocks/jpeg.ts';
import { intoTiff } from '../../engine/metadata/blocks/tiff.ts';
import { directoryAt, entriesOf, openTiff } from '../../engine/metadata/tiff_directory.ts';
import { textRow, writeExif } from '../../engine/metadata/tiff_write.ts';
import { rewriteXmp } from '../../engine/metadata/xmp.ts';
import { sharp } from '../../engine/native/sharp.ts';
import { flat } from '../engine/support/pictures.ts';
import { isolated, run } from './support/conversions.ts';

afterAll(async () => await isolated.close());

const fixture = async (name: string): Promise<Buffer> =>
  await readFile(new URL(`./fixtures/${name}`, import.meta.url));

/** Formats that have a place for EXIF. */
const told = ['jpeg', 'png', 'apng', 'webp', 'avif', 'tiff', 'jxl'];

/** The block of EXIF in a file: as sharp finds it, a TIFF itself, or the box of JPEG XL. */
async function exifIn(file: Buffer, type: string): Promise<Buffer | undefined> {
  if (type === 'tiff') return file;
  if (type === 'jxl') return [...boxesOf(file)].find((box) => box.type === 'Exif')?.body.subarray(4);
  const { exif } = await sharp(file).metadata();
  return exif?.toString('latin1', 0, 4) === 'Exif' ? exif.subarray(6) : exif;
}

/** The tags of the first directory, and whether another one follows. */
async function tagsIn(file: Buffer, type: string): Promise<{ tags: readonly number[]; next: number }> {
  const exif = await exifIn(file, type);
  const tiff = exif && openTiff(exif);
  const directory = tiff && directoryAt(tiff, tiff.first);
  if (!tiff || !directory) return { tags: [], next: 0 };
  return { tags: [...entriesOf(tiff, directory)].map(({ tag }) => tag), next: directory.next };
}

/** Tags that describe pixels and belong to every TIFF. */
const ofPixels = (tag: number): boolean =>
  (tag >= 254 && tag <= 284 && ![271, 272].includes(tag)) ||
  [282, 283, 284, 296, 317, 338, 339].includes(tag);

const artist = 315;
const copyright = 33_432;

test.each(told)('with keepcopyright %s has Artist and Copyright and nothing else', async (type) => {
  const input = await fixture('exif-thumbnail.jpg');
  const thumbnail = input.subarray(input.indexOf(Buffer.from([0xff, 0xd8, 0xff]), 2)).subarray(0, 1438);
  const params = { type, sigma: 20, stripmeta: true, keepcopyright: true };
  const { data } = await run(input, params);
  const { tags, next } = await tagsIn(data, type);
  expect(tags.filter((tag) => type !== 'tiff' || !ofPixels(tag))).toEqual([artist]);
  expect(next).toBe(0);
  expect(data.includes(thumbnail.subarray(100, 160))).toBe(false);
  const { xmp, iptc, icc } = type === 'jxl' ? {} : await sharp(data).metadata();
  expect({ xmp, iptc, icc }).toEqual({});
});

test.each(told)('the thumbnail of the picture before is not in %s', async (type) => {
  const input = await fixture('exif-thumbnail.jpg');
  const start = input.indexOf(Buffer.from([0xff, 0xd8, 0xff]), 2);
  const { data } = await run(input, { type, sigma: 20, stripmeta: false });
  expect(data.includes(input.subarray(start + 100, start + 160))).toBe(false);
  expect((await tagsIn(data, type)).next).toBe(0);
  expect((await tagsIn(data, type)).tags).toContain(artist);
});

const texts = ['© 2026 Müller', '版权所有 王', 'plain'];
const credited = async (text: string): Promise<Buffer> => {
  const exif = writeExif({ first: [textRow(artist, text), textRow(copyright, text)], exif: [], gps: [] });
  return intoJpeg(await flat(40, 30, 'jpeg'), { exif });
};

test.each(texts.flatMap((text) => told.map((type) => [text, type] as const)))(
  'the credits %s are in %s byte for byte',
  async (text, type) => {
    for (const params of [{ stripmeta: true, keepcopyright: true }, { stripmeta: false }]) {
      const { data } = await run(await credited(text), { type, ...params });
      expect((await tagsIn(data, type)).tags).toEqual(expect.arrayContaining([artist, copyright]));
      expect(data.includes(Buffer.from(`${text}\0`))).toBe(true);
    }
  },
);

test('credits in Latin-1 become UTF-8', async () => {
  const input = await credited('(c) Mu.ller');
  const at = input.indexOf('(c) Mu.ller');
  for (let from = at; from !== -1; from = input.indexOf('(c) Mu.ller', from + 1)) input[from + 5] = 0xfc;
  const { data } = await run(input, { type: 'jpeg', stripmeta: true, keepcopyright: true });
  expect(data.includes('(c) Mü.ller\0')).toBe(true);
});

/** By-line and City (IPTC-IIM 2:80 and 2:90). */
const iptc = Buffer.from('\x1c\x02\x50\x00\x04Jane\x1c\x02\x5a\x00\x05Paris', 'latin1');
const withIptc: Readonly<Record<string, () => Promise<Buffer>>> = {
  jpeg: async () => intoJpeg(await flat(40, 30, 'jpeg'), { iptc }),
  tiff: async () =>
    intoTiff(
      await sharp(await flat(40, 30))
        .tiff()
        .toBuffer(),
      { iptc },
    ),
};

/** The datasets in a JPEG's APP13 segment, or in the tag of a TIFF. */
async function iptcIn(file: Buffer): Promise<Buffer | undefined> {
  const { format, iptc: found } = await sharp(file).metadata();
  if (format !== 'jpeg' || found === undefined) return found;
  const head = Buffer.from('Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0', 'latin1');
  expect(found.subarray(0, head.length)).toEqual(head);
  return found.subarray(head.length + 1, head.length + 1 + (found[head.length] ?? 0));
}

test.each(Object.keys(withIptc).flatMap((from) => Object.keys(withIptc).map((to) => [from, to] as const)))(
  'IPTC of %s is in %s where metadata is kept, and nowhere else',
  async (from, type) => {
    const input = (await withIptc[from]?.()) ?? Buffer.alloc(0);
    const kept = await run(input, { type, width: 20, stripmeta: false });
    expect(await iptcIn(kept.data)).toEqual(iptc);
    const dropped = await run(input, { type, width: 20, stripmeta: true, keepcopyright: true });
    expect(await iptcIn(dropped.data)).toBeUndefined();
  },
);

test.each(told)('the EXIF of a HEIC is in %s, and says that the picture is upright', async (type) => {
  const { data } = await run(await fixture('exif.heic'), { type, stripmeta: false });
  const { tags } = await tagsIn(data, type);
  expect(tags).toEqual(expect.arrayContaining([artist, 0x0112]));
  if (!['apng', 'jxl'].includes(type)) expect((await sharp(data).metadata()).orientation ?? 1).toBe(1);
});

const packet = (inner: string): Buffer => Buffer.from(`<?xpacket?><x:xmpmeta>${inner}</x:xmpmeta>`);
const bound = (prefix: string): string => `xmlns:${prefix}="http://ns.adobe.com/tiff/1.0/"`;
test.each([
  [`<a ${bound('tiff')} tiff:Orientation="6"/>`, `<a ${bound('tiff')} tiff:Orientation="1"/>`],
  [
    `<a ${bound('tiff')} tiff:Orientation = '8' x="6"/>`,
    `<a ${bound('tiff')} tiff:Orientation = '1' x="6"/>`,
  ],
  [
    `<a ${bound('tiff')}><tiff:Orientation>6</tiff:Orientation></a>`,
    `<a ${bound('tiff')}><tiff:Orientation>1</tiff:Orientation></a>`,
  ],
  [
    `<a ${bound('T.x-1')}><T.x-1:Orientation rdf:q='a'> 3 </T.x-1:Orientation></a>`,
    `<a ${bound('T.x-1')}><T.x-1:Orientation rdf:q='a'>1</T.x-1:Orientation></a>`,
  ],
  ['<a xmlns:other="urn:x" other:Orientation="6"/>', '<a xmlns:other="urn:x" other:Orientation="6"/>'],
])('the XMP %s is rewritten as %s', (given, expected) => {
  expect(rewriteXmp(packet(given), 1).toString()).toBe(packet(expected).toString());
});

test('XMP in UTF-16 is rewritten as UTF-8', () => {
  const text = `<a ${bound('tiff')} tiff:Orientation="6"/>`;
  const little = Buffer.from(`\ufeff${text}`, 'utf16le');
  expect(rewriteXmp(little, 1).toString()).toContain('tiff:Orientation="1"');
  expect(rewriteXmp(Buffer.from(little).swap16(), 1).toString()).toContain('tiff:Orientation="1"');
});

test('the Exif directory says the size of the output', async () => {
  const input = await sharp(await flat(80, 60, 'jpeg'))
    .withExif({ IFD2: { PixelXDimension: '80', PixelYDimension: '60' } })
    .jpeg()
    .toBuffer();
  const { data } = await run(input, { type: 'jpeg', width: 20, stripmeta: false });
  const exif = await exifIn(data, 'jpeg');
  expect(exif?.includes(Buffer.from([20, 0, 0, 0])) || exif?.includes(Buffer.from([0, 20]))).toBe(true);
  expect(exif?.includes(Buffer.from([0xa0, 2])) || exif?.includes(Buffer.from([2, 0xa0]))).toBe(true);
});
