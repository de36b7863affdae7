import { afterAll, expect, test } from '@jest/globals';
import { formats } from '../../engine/formats/index.ts';
import { isInstalled, needs } from '../../engine/formats/installed.ts';
import { coders, magickPolicy } from '../../engine/formats/magick/policy.ts';
import { type FormatRow, formatTable, readable, readableText } from '../../engine/formats/table.ts';
import { isolated, run } from './support/conversions.ts';
import { pngOf, withClearCorner } from './support/fixtures.ts';

afterAll(async () => await isolated.close());

const read = (coder: string, data: string | Buffer) =>
  isolated.run({ task: 'magick.read', details: { coder, page: 0, maxPixels: 1e6 }, data: Buffer.from(data) });

/** Coders that reach files, the network, fonts, scripts or other programs. */
const dangerous = [
  ...[
    'MSL',
    'MVG',
    'URL',
    'HTTP',
    'HTTPS',
    'FTP',
    'FILE',
    'TEXT',
    'TXT',
    'LABEL',
    'CAPTION',
    'SVG',
    'MSVG',
    'PS',
    'EPS',
  ],
  ...[
    'EPI',
    'EPT',
    'PDF',
    'AI',
    'XPS',
    'PCL',
    'HTML',
    'INLINE',
    'CLIPBOARD',
    'X',
    'SCREENSHOT',
    'EPHEMERAL',
    'MPC',
    'MAP',
  ],
  ...[
    'VID',
    'PLASMA',
    'PANGO',
    'DCM',
    'MP4',
    'WEBM',
    'TTF',
    'VIPS',
    'CANVAS',
    'GRADIENT',
    'SHOW',
    'WIN',
    'DOT',
    'STEGANO',
  ],
];

test('no dangerous coder is on the list', () => {
  expect([...coders.read, ...coders.write].filter((name) => dangerous.includes(name))).toEqual([]);
});

test.each(dangerous)('the coder %s stays off', async (coder) => {
  await expect(read(coder, 'push graphic-context\nviewbox 0 0 9 9\nfill red')).rejects.toMatchObject({
    code: 'corrupt_image',
  });
});

const scripts: Readonly<Record<string, string>> = {
  msl: '<?xml version="1.0"?><image><read filename="/etc/passwd"/><write filename="/tmp/x.png"/></image>',
  mvg: 'push graphic-context\nviewbox 0 0 10 10\nimage over 0,0 0,0 "/etc/passwd"\npop graphic-context',
  ps: '%!PS-Adobe-3.0\n(/etc/passwd) (r) file pop showpage',
  eps: '%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\nshowpage',
  text: 'hello',
  html: '<html><img src="file:///etc/passwd"></html>',
  url: 'https://example.org/a.png',
  svgAsText:
    '<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg xmlns="http://www.w3.org/2000/svg">&x;</svg>',
};

test.each(Object.entries(scripts))('%s is no picture to any door', async (_, script) => {
  await expect(run(Buffer.from(script), { type: 'png' })).rejects.toMatchObject({
    status: expect.any(Number),
    retry: false,
  });
});

test.each(coders.read)('the coder %s reads nothing but its own format', async (coder) => {
  for (const script of [scripts.msl, scripts.mvg, scripts.ps]) {
    await expect(read(coder, script ?? '')).rejects.toMatchObject({ code: 'corrupt_image' });
  }
});

test('the policy forbids everything before it allows the list', () => {
  const lines = magickPolicy.split('\n').filter((line) => line.startsWith('<policy '));
  expect(lines[0]).toBe('<policy domain="coder" rights="none" pattern="*"/>');
  expect(lines).toContain('<policy domain="delegate" rights="none" pattern="*"/>');
});

test('the worker itself refuses a picture over the limit of pixels, from its header', async () => {
  const { data } = await run(await pngOf(withClearCorner), { type: 'bmp' });
  const details = { coder: 'BMP', page: 0, maxPixels: withClearCorner.width * withClearCorner.height - 1 };
  await expect(isolated.run({ task: 'magick.read', details, data })).rejects.toMatchObject({
    code: 'too_many_pixels',
    status: 422,
  });
});

test('a missing package is named, and the table of formats says what is missing', () => {
  const nowhere = () => {
    throw new Error('not found');
  };
  expect(isInstalled('magick', nowhere)).toBe(false);
  expect(isInstalled('sharp', nowhere)).toBe(true);
  expect(() => needs('magick', 'reading heif', nowhere)).toThrow(
    expect.objectContaining({
      status: 406,
      message: expect.stringContaining('npm install @imagemagick/magick-wasm'),
    }),
  );
});

test('the table has every format once, with its limits', () => {
  const { formats: rows, limits } = formatTable();
  expect(rows.map(({ name }) => name)).toEqual(formats.map(({ name }) => name));
  expect(rows.find(({ name }) => name === 'heif')).toMatchObject({
    reads: true,
    writes: false,
    readBy: 'magick',
    missing: [],
  });
  expect(limits.MAX_FRAMES).toBe(1000);
});

test('no word names two formats', () => {
  const words = formats.flatMap(({ name, extensions }) => [...new Set([name, ...extensions])]);
  expect(words.filter((word, index) => words.indexOf(word) !== index)).toEqual([]);
});

test('a format that is written with a missing package, but read without it, is not told as unread', () => {
  const rows = formatTable().formats.map((row): FormatRow => {
    if (row.name === 'svg') return { ...row, missing: ['@neplex/vectorizer'] };
    return row.name === 'pdf' ? { ...row, reads: false, missing: ['@hyzyla/pdfium'] } : row;
  });
  const told = readable(rows.filter(({ name }) => ['svg', 'pdf'].includes(name)));
  expect(told).toEqual({ reads: ['svg'], missing: { '@hyzyla/pdfium': ['pdf'] } });
  expect(readableText(told)).toMatch(/^Reads svg; not pdf \(npm install @hyzyla\/pdfium, or /);
});
