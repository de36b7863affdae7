import { expect, test } from '@jest/globals';
import { sharp } from '../../engine/native/sharp.ts';
import { blue, decoded, green, open, pixelAt, quad, red, white } from './support/pictures.ts';
import { run } from './support/run.ts';

const [width, height] = [64, 48];
const picture = () => open(quad(width, height));
const drawing = `<?xml version="1.0"?><!-- made by hand -->
<svg xmlns="http://www.w3.org/2000/svg" width="64" height="48">
<rect width="32" height="24" fill="#f00"/><rect x="32" width="32" height="24" fill="#0f0"/>
<rect y="24" width="32" height="24" fill="#00f"/><rect x="32" y="24" width="32" height="24" fill="#fff"/></svg>`;

const inputs: Readonly<Record<string, () => Promise<Buffer>>> = {
  jpeg: () => picture().jpeg({ quality: 95 }).toBuffer(),
  png: () => picture().png().toBuffer(),
  webp: () => picture().webp({ lossless: true }).toBuffer(),
  avif: () => picture().avif({ quality: 90, effort: 0 }).toBuffer(),
  gif: () => picture().gif().toBuffer(),
  tiff: () => picture().tiff({ compression: 'lzw' }).toBuffer(),
  svg: () => Promise.resolve(Buffer.from(drawing)),
};
const outputs = ['jpeg', 'jpg', 'png', 'webp', 'avif', 'gif', 'tiff', 'tif', 'JPEG'];
const written: Readonly<Record<string, string>> = { jpg: 'jpeg', JPEG: 'jpeg', tif: 'tiff', avif: 'heif' };
const pairs = Object.keys(inputs).flatMap((from) => outputs.map((to) => [from, to] as const));

test.each(pairs)('%s becomes %s', async (from, to) => {
  const input = (await inputs[from]?.()) ?? Buffer.alloc(0);
  const { data, info, format } = await run(input, `convert type=${to}&quality=90`);
  expect(info.input).toEqual({ format: from, width, height, pages: 1 });
  expect([info.width, info.height, info.pages]).toEqual([width, height, 1]);
  expect(format.extensions).toContain(to.toLowerCase());
  const { format: found, width: w, height: h } = await sharp(data).metadata();
  expect([found, w, h]).toEqual([written[to] ?? to, width, height]);
  const raw = await decoded(data);
  const seen = [
    [8, 6],
    [55, 6],
    [8, 41],
    [55, 41],
  ].flatMap(([x = 0, y = 0]) => pixelAt(raw, x, y).slice(0, 3));
  seen.forEach((value, index) => {
    expect(Math.abs(value - ([red, green, blue, white].flat()[index] ?? 0))).toBeLessThan(14);
  });
});

const clear = () =>
  sharp({ create: { width, height, channels: 4, background: { r: 0, g: 0, b: 255, alpha: 0 } } });
const seeThrough: Readonly<Record<string, () => Promise<Buffer>>> = {
  png: () => clear().png().toBuffer(),
  webp: () => clear().webp({ lossless: true }).toBuffer(),
  avif: () => clear().avif({ effort: 0 }).toBuffer(),
  gif: () => clear().gif().toBuffer(),
  tiff: () => clear().tiff({ compression: 'lzw' }).toBuffer(),
  svg: () => Promise.resolve(Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="64" height="48"/>`)),
};

test.each(
  Object.keys(seeThrough).flatMap((from) => ['png', 'webp', 'avif', 'gif', 'tiff'].map((to) => [from, to])),
)('transparency of %s stays in %s', async (from = '', to = '') => {
  const input = (await seeThrough[from]?.()) ?? Buffer.alloc(0);
  const { data } = await run(input, `convert type=${to}`);
  expect(pixelAt(await decoded(data), 20, 20)[3]).toBe(0);
});

test.each(Object.keys(inputs).filter((name) => name !== 'svg'))(
  '%s without a type stays %s',
  async (name) => {
    const { format } = await run((await inputs[name]?.()) ?? Buffer.alloc(0), 'resize width=20');
    expect(format.name).toBe(name);
  },
);

test('an unknown type is refused before the picture is looked at', async () => {
  const work = run(Buffer.from('no picture'), 'convert type=bmpx');
  await expect(work).rejects.toMatchObject({ code: 'unsupported_output' });
});
