import { afterAll, expect, test } from '@jest/globals';
import { sharp } from '../../engine/native/sharp.ts';
import { isolated, run } from './support/conversions.ts';
import { pngOf, withClearCorner } from './support/fixtures.ts';

afterAll(async () => await isolated.close());

/** A PDF of these objects, without a table of their places: readers rebuild it. */
const pdf = (objects: readonly string[], trailer = ''): Buffer =>
  Buffer.from(
    `%PDF-1.4\n${objects.map((object, index) => `${index + 1} 0 obj\n${object}\nendobj\n`).join('')}trailer\n<</Root 1 0 R/Size ${objects.length + 1}${trailer}>>\n%%EOF\n`,
  );
const page = (colour: string, at: number): readonly string[] => {
  const content = `${colour} rg 0 0 50 50 re f`;
  return [
    `<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 50]/Contents ${at + 1} 0 R>>`,
    `<</Length ${content.length}>>\nstream\n${content}\nendstream`,
  ];
};
const twoPages = [
  '<</Type/Catalog/Pages 2 0 R>>',
  '<</Type/Pages/Kids[3 0 R 5 0 R]/Count 2>>',
  ...page('1 0 0', 3),
  ...page('0 0 1', 5),
];

const corners = async (png: Buffer): Promise<readonly string[]> => {
  const { data, info } = await sharp(png).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const at = (x: number): string =>
    data.subarray((5 * info.width + x) * 3, (5 * info.width + x) * 3 + 3).join();
  return [at(5), at(info.width - 5)];
};

test.each([
  [undefined, '255,0,0'],
  [0, '255,0,0'],
  [1, '0,0,255'],
])('page %j is drawn on white', async (number, colour) => {
  const { data, info } = await run(pdf(twoPages), {
    type: 'png',
    ...(number === undefined ? {} : { page: number }),
  });
  expect(info).toMatchObject({ width: 100, height: 50, input: { format: 'pdf', pages: 2 } });
  expect(await corners(data)).toEqual([colour, '255,255,255']);
});

test.each([
  [36, 50],
  [72, 100],
  [300, 417],
])('at %d dots per inch a page of 100 points is %d pixels wide', async (dpi, width) => {
  expect((await run(pdf(twoPages), { type: 'png', dpi })).info.width).toBe(width);
});

test('a page that would have too many pixels is refused', async () => {
  await expect(run(pdf(twoPages), { type: 'png', dpi: 50_000 })).rejects.toMatchObject({
    code: 'too_many_pixels',
    status: 422,
  });
});

const hex = (byte: string): string => `<${byte.repeat(32)}>`;
const encrypted = pdf(
  [...twoPages, `<</Filter/Standard/V 1/R 2/O ${hex('11')}/U ${hex('22')}/P -4>>`],
  `/Encrypt 7 0 R/ID[${hex('33')}${hex('33')}]`,
);

test.each([
  ['encrypted', encrypted],
  ['cut off', Buffer.from('%PDF-1.4\n1 0 obj\n<</Type/Cat')],
  ['empty', Buffer.from('%PDF-1.7\n%%EOF')],
  ['without pages', pdf(['<</Type/Catalog/Pages 2 0 R>>', '<</Type/Pages/Kids[]/Count 0>>'])],
])('a PDF that is %s is refused as such', async (_, input) => {
  await expect(run(input, { type: 'png' })).rejects.toMatchObject({
    code: 'corrupt_image',
    status: 400,
    message: expect.stringContaining('PDF'),
  });
});

test('a PDF becomes PNG if the request has no type', async () => {
  const { format } = await run(pdf(twoPages), { width: 50 }, { operation: 'resize' });
  expect(format.name).toBe('png');
});

test.each([{}, { lossless: true }])(
  'a picture becomes a page of its size (%j), opacity and all',
  async (params) => {
    const { data } = await run(await pngOf(withClearCorner), { type: 'pdf', ...params });
    const { data: png, info } = await run(data, { type: 'png' });
    expect(info).toMatchObject({ width: withClearCorner.width, height: withClearCorner.height });
    const [left] = await corners(png);
    expect(left).toBe('255,255,255');
    expect(data.subarray(0, 8).toString()).toBe('%PDF-1.5');
  },
);
