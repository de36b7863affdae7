import { afterAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { intoJpeg } from '../../engine/metadata/blocks/jpeg.ts';
import type { Blocks } from '../../engine/metadata/blocks.ts';
import { shortRow, type TiffRow, textRow, writeExif } from '../../engine/metadata/tiff_write.ts';
import { sharp } from '../../engine/native/sharp.ts';
import { flat } from '../engine/support/pictures.ts';
import { isolated, run } from './support/conversions.ts';

afterAll(async () => await isolated.close());

const bytes = (maxLength: number): fc.Arbitrary<Buffer> =>
  fc.uint8Array({ minLength: 1, maxLength }).map((values) => Buffer.from(values));
/** Entries of any tag and bytes; those of the Exif directory itself are left out. */
const row: fc.Arbitrary<TiffRow> = fc
  .record({ tag: fc.integer({ min: 0x9000, max: 0x9fff }), values: bytes(60) })
  .map(({ tag, values }) => ({ tag, type: 7, count: values.length, values }));
const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }).filter((one) => !/\0/.test(one));

const blocks: fc.Arbitrary<{ readonly given: Blocks; readonly artist: string }> = fc
  .record({
    artist: text.map((one) => `a${one}z`),
    orientation: fc.integer({ min: 1, max: 8 }),
    exif: fc.array(row, { maxLength: 6 }),
    gps: fc.array(row, { maxLength: 3 }),
    xmp: fc.option(text, { nil: undefined }),
    iptc: fc.option(bytes(80), { nil: undefined }),
  })
  .map(({ artist, orientation, exif, gps, xmp, iptc }) => ({
    artist,
    given: {
      exif: writeExif({ first: [shortRow(0x0112, orientation), textRow(315, artist)], exif, gps }),
      ...(xmp
        ? {
            xmp: Buffer.from(
              `<x:xmpmeta xmlns:x="adobe:ns:meta/">${encodeURI(xmp.toWellFormed())}</x:xmpmeta>`,
            ),
          }
        : {}),
      ...(iptc ? { iptc: Buffer.concat([Buffer.from([0x1c, 2]), iptc]) } : {}),
    },
  }));

const types = ['jpeg', 'png', 'webp', 'avif', 'tiff', 'jxl'];

test('outputs of every type are readable and keep the author on request, whatever metadata the input has', async () => {
  const picture = await flat(24, 16, 'jpeg');
  const modes = fc.constantFrom(
    { stripmeta: false },
    { stripmeta: true, keepcopyright: true },
    { stripmeta: true },
  );
  await fc.assert(
    fc.asyncProperty(blocks, fc.constantFrom(...types), modes, async ({ given, artist }, type, mode) => {
      const { data, info } = await run(intoJpeg(picture, given), { type, ...mode, width: 12 });
      expect(info.width).toBe(12);
      if (type !== 'jxl') expect((await sharp(data).stats()).channels.length).toBeGreaterThan(0);
      const isKept = !mode.stripmeta || 'keepcopyright' in mode;
      expect(data.includes(Buffer.from(`${artist}\0`))).toBe(isKept);
    }),
    { numRuns: 120, seed: 1 },
  );
});
