import { afterAll, expect, test } from '@jest/globals';
import { createOrientationExif } from '../../engine/metadata/exif.ts';
import { sharp } from '../../engine/native/sharp.ts';
import { isolated, run } from './support/conversions.ts';

afterAll(async () => await isolated.close());

/** A quarter turn. */
const turned = createOrientationExif(6);
const upright = createOrientationExif(1);
const empty = Buffer.alloc(0);
const noTiff = Buffer.from('no TIFF header at all');
const noEntries = Buffer.from('II*\0\x08\0\0\0\0\0\0\0\0\0', 'latin1');
const cutOff = turned.subarray(0, 12);

/** A JPEG of 40 x 20 with these blocks of EXIF. */
async function withExif(blocks: readonly Buffer[]): Promise<Buffer> {
  const create = { width: 40, height: 20, channels: 3, background: '#30a060' } as const;
  const plain = await sharp({ create }).jpeg().toBuffer();
  const segments = blocks.map((block) => {
    const head = Buffer.from('\xff\xe1\0\0Exif\0\0', 'latin1');
    head.writeUInt16BE(block.length + head.length - 2, 2);
    return Buffer.concat([head, block]);
  });
  return Buffer.concat([plain.subarray(0, 2), ...segments, plain.subarray(2)]);
}

/** Sizes as ExifTool's orientation makes them. */
const cases: readonly (readonly [string, readonly Buffer[], number, number])[] = [
  ['a good block', [turned], 20, 40],
  ['an empty one and a good one', [empty, turned], 20, 40],
  ['one without a TIFF header and a good one', [noTiff, turned], 20, 40],
  ['one without entries and a good one', [noEntries, turned], 20, 40],
  ['one that is cut off and a good one', [cutOff, turned], 20, 40],
  ['two broken ones and a good one', [empty, noTiff, turned], 20, 40],
  ['a good one and a broken one', [turned, noTiff], 20, 40],
  ['two good ones, of which the first counts', [upright, turned], 40, 20],
  ['a broken one alone', [noTiff], 40, 20],
  ['an empty one alone', [empty], 40, 20],
];

test.each(cases)('a JPEG with EXIF in %s is upright', async (_, blocks, width, height) => {
  const file = await withExif(blocks);
  expect((await run(file, { type: 'png' })).info).toMatchObject({ width, height });
  const kept = await run(file, { type: 'jpeg', stripmeta: false });
  expect((await sharp(kept.data).metadata()).orientation ?? 1).toBe(1);
  expect(kept.info).toMatchObject({ width, height });
});
