import { afterAll, expect, test } from '@jest/globals';
import { SaxesParser } from 'saxes';
import { sharp } from '../../engine/native/sharp.ts';
import { jpeg, open, png, quad, scenery } from '../engine/support/pictures.ts';
import { isolated, run } from './support/conversions.ts';

afterAll(async () => await isolated.close());

const parsed = (svg: Buffer): readonly string[] => {
  const names: string[] = [];
  const parser = new SaxesParser({ xmlns: true });
  parser.on('opentag', ({ name }) => names.push(name));
  parser.write(svg.toString()).close();
  return names;
};
const pixels = async (bytes: Buffer): Promise<Buffer> => await sharp(bytes).ensureAlpha().raw().toBuffer();
const meanDifference = (a: Buffer, b: Buffer): number =>
  a.reduce((sum, value, index) => sum + Math.abs(value - (b[index] ?? 0)), 0) / a.length;

const logo = (): Promise<Buffer> =>
  sharp(
    Buffer.from(
      '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="200"><circle cx="100" cy="100" r="70" fill="#d33"/>' +
        '<path d="M170 30h100v140z" fill="#15c"/></svg>',
    ),
  )
    .png()
    .toBuffer();

test('svg=wrap embeds the picture, pixel for pixel', async () => {
  const { data: rgba } = await open(scenery(90, 60))
    .ensureAlpha(0.5)
    .raw()
    .toBuffer({ resolveWithObject: true });
  const input = await open({ data: rgba, width: 90, height: 60, channels: 4 }).png().toBuffer();
  const { data, info, format } = await run(input, { type: 'svg', svg: 'wrap' });
  expect({ ...info, mime: format.mime }).toMatchObject({
    mode: 'wrap',
    width: 90,
    height: 60,
    mime: 'image/svg+xml',
  });
  const [, embedded = ''] = /href="data:image\/png;base64,([^"]+)"/.exec(data.toString()) ?? [];
  expect(await pixels(Buffer.from(embedded, 'base64'))).toEqual(await pixels(input));
  expect(parsed(data)).toEqual(['svg', 'image']);
});

test('svg=trace draws shapes that look like the picture and scale', async () => {
  const input = await logo();
  const { data, info } = await run(input, { type: 'svg', svg: 'trace' });
  expect(info.mode).toBe('trace');
  expect(new Set(parsed(data))).toEqual(new Set(['svg', 'path']));
  const twice = await sharp(data).resize(600, 400, { fit: 'fill' }).toBuffer();
  const original = await sharp(input).resize(600, 400, { fit: 'fill' }).toBuffer();
  expect(meanDifference(await pixels(twice), await pixels(original))).toBeLessThan(4);
});

test.each(['logo', 'lineart', 'photo'])('the preset %s draws shapes', async (svg) => {
  const { data, info } = await run(await png(quad()), { type: 'svg', svg });
  expect(info.mode).toBe('trace');
  expect(parsed(data)).toContain('path');
});

test.each([
  ['flat artwork', logo, 'trace'],
  ['a photograph', () => jpeg(scenery(300, 200)), 'wrap'],
] as const)('auto takes %s for %#', async (_, make, mode) => {
  const { data, info } = await run(await make(), { type: 'svg' });
  expect(info.mode).toBe(mode);
  expect(meanDifference(await pixels(data), await pixels(await make()))).toBeLessThan(3);
});

test('a picture that is too large to trace is refused with svg=trace, and wrapped otherwise', async () => {
  const large = await png({ ...quad(2100, 2000) });
  await expect(run(large, { type: 'svg', svg: 'trace' })).rejects.toMatchObject({ code: 'too_many_pixels' });
  expect((await run(large, { type: 'svg' })).info.mode).toBe('wrap');
});

const drawing =
  '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><rect width="40" height="20" fill="red"/></svg>';

test('an SVG that stays one passes through, cleaned', async () => {
  const { data, info } = await run(Buffer.from(drawing), { type: 'svg' });
  expect(info).toMatchObject({ mode: 'clean', width: 40, height: 20 });
  expect(parsed(data)).toEqual(['svg', 'rect']);
});

test('an SVG that is resized stays a drawing', async () => {
  const { data, info } = await run(Buffer.from(drawing), { type: 'svg', width: 400 });
  expect(info).toMatchObject({ mode: 'clean', width: 400, height: 200 });
  expect(data.toString()).toMatch(/width="400" height="200" viewBox="0 0 40 20"/);
});

test('an SVG that is turned or padded is drawn anew', async () => {
  const { info } = await run(Buffer.from(drawing), { type: 'svg', rotate: 90 });
  expect(info).toMatchObject({ width: 20, height: 40 });
  expect(info.mode).not.toBe('clean');
});
