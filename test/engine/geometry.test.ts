import { expect, test } from '@jest/globals';
import { flat } from './support/pictures.ts';
import { codeOf, run } from './support/run.ts';

/** Sizes that Imaginary gives: its api.md, 5.3 to 5.6. Input, operation, output. */
const rows: readonly (readonly [string, string, string])[] = [
  ['550x740', 'resize width=300', '300x404'],
  ['550x740', 'resize height=300', '223x300'],
  ['550x740', 'resize width=300&height=300', '300x300'],
  ['550x740', 'resize width=1000&height=300', '1000x300'],
  ['550x740', 'resize width=1000', '550x740'],
  ['550x740', 'resize width=1000&height=1000', '550x740'],
  ['550x740', 'resize width=550&height=900', '550x900'],
  ['550x740', 'resize width=300&nocrop=false', '300x740'],
  ['550x740', 'resize width=300&nocrop', '300x740'],
  ['550x740', 'resize width=300&height=300&gravity=smart', '223x300'],
  ['550x740', 'resize width=1000&force=true', '1000x1345'],
  ['550x740', 'resize scale=0.5', '275x370'],
  ['550x740', 'resize width=300&aspectratio=16:9', '300x162'],
  ['550x740', 'resize height=300&aspectratio=16:9', '528x300'],
  ['550x740', 'crop width=300', '300x740'],
  ['550x740', 'crop height=300', '550x300'],
  ['550x740', 'crop width=600&height=300', '600x300'],
  ['550x740', 'crop width=600&height=800', '550x740'],
  ['550x740', 'crop width=1000', '550x740'],
  ['550x740', 'crop width=300&height=300&force=true', '300x300'],
  ['1920x1080', 'crop width=300', '300x1080'],
  ['1920x1080', 'resize width=300&nocrop=false', '300x1080'],
  ['1920x1080', 'fit width=300&height=300', '300x169'],
  ['550x740', 'fit width=300&height=300', '223x300'],
  ['550x740', 'fit width=1000&height=1000', '550x740'],
  ['550x740', 'fit width=600&height=300', '223x300'],
  ['550x740', 'fit width=300&height=300&force=true', '223x300'],
  ['1280x1000', 'fit width=710&height=9999', '710x555'],
  ['1279x1000', 'fit width=710&height=9999', '710x555'],
  ['900x500', 'fit width=312&height=312', '312x173'],
  ['900x500', 'fit width=313&height=313', '313x174'],
  ['1299x2000', 'fit width=710&height=999', '649x999'],
  ['1500x2000', 'fit width=710&height=999', '710x947'],
  ['550x740', 'enlarge width=300&height=200', '300x200'],
  ['550x740', 'enlarge width=1000&height=1000&nocrop=true', '743x1000'],
  ['550x740', 'enlarge width=1000&height=1000&nocrop=true&embed=true', '1000x1000'],
  ['550x740', 'enlarge width=1000&height=1000', '1000x1000'],
  ['550x740', 'thumbnail width=100', '100x135'],
  ['550x740', 'thumbnail height=100', '74x100'],
  ['550x740', 'thumbnail width=100&height=100', '100x100'],
  ['550x740', 'thumbnail width=2000', '2000x2691'],
  ['550x740', 'thumbnail width=100&height=100&embed=true', '100x100'],
  ['550x740', 'thumbnail width=100&height=100&rotate=90', '100x74'],
  ['700x1050', 'smartcrop width=300', '300x1050'],
  ['700x1050', 'smartcrop height=300', '700x300'],
  ['700x1050', 'smartcrop width=900&height=300', '900x300'],
  ['160x120', 'flip width=50&height=50', '50x50'],
  ['160x120', 'convert width=400&type=png', '400x300'],
  ['160x120', 'rotate rotate=90&width=100&height=100', '75x100'],
  ['160x120', 'rotate rotate=90&width=1000', '120x160'],
  ['160x120', 'rotate rotate=45', '160x120'],
  ['160x120', 'rotate rotate=100', '120x160'],
  ['160x120', 'rotate rotate=-90', '120x160'],
  ['160x120', 'rotate rotate=360', '120x160'],
  ['160x120', 'flop', '160x120'],
  ['160x120', 'blur sigma=2&width=80', '80x60'],
  ['160x120', 'zoom factor=1', '320x240'],
  ['160x120', 'zoom factor=2', '480x360'],
  ['160x120', 'zoom factor=2&top=80&left=80&areawidth=300&areaheight=200', '300x200'],
  ['160x120', 'zoom factor=2&top=80&left=80&areawidth=300', '300x120'],
  ['160x120', 'zoom factor=2&areawidth=300&areaheight=200', '480x360'],
  ['160x120', 'zoom factor=2&width=300', '300x225'],
  ['550x740', 'extract top=10&left=10&areawidth=100&areaheight=120', '100x120'],
  ['550x740', 'extract width=275&top=10&left=10&areawidth=100&areaheight=120', '100x120'],
  ['550x740', 'extract top=10&left=10&areawidth=100&areaheight=100&embed=true', '100x100'],
  ['550x740', 'extract top=10&left=10&areawidth=100&areaheight=100&gravity=smart', '100x100'],
  ['550x740', 'extract areawidth=550&areaheight=740', '550x740'],
  ['550x740', 'watermark text=Hello&width=275', '275x370'],
];

test.each(rows)('%s through %s is %s', async (size, step, expected) => {
  const [width = 0, height = 0] = size.split('x').map(Number);
  const { data, info } = await run(await flat(width, height), step);
  expect(`${info.width}x${info.height}`).toBe(expected);
  expect(`${data.readUInt32BE(16)}x${data.readUInt32BE(20)}`).toBe(expected);
});

test.each([
  'extract top=700&left=10&areawidth=100&areaheight=100',
  'extract left=1&areawidth=550&areaheight=740',
  'extract width=100&areawidth=101&areaheight=10',
  'extract areawidth=16384&areaheight=10',
  'zoom factor=1&left=1000&areawidth=101&areaheight=10',
  'resize width=100&aspectratio=foo',
  'resize width=100&aspectratio=0:1',
  'resize width=100&aspectratio=16',
  'blur sigma=1000.5',
])('%s is refused on 550x740', async (step) => {
  expect(await codeOf(run(await flat(550, 740), step))).toBe('invalid_param');
});

test.each([
  ['top=700&left=10&areawidth=100&areaheight=100', 'a part of the 550x740 picture, got 100x100 at 10,700'],
  ['areawidth=16384&areaheight=10', 'at most 16383 pixels a side, got 16384x10 at 0,0'],
])('a bad area (%s) is named with the size that was expected', async (query, expected) => {
  const work = run(await flat(550, 740), `extract ${query}`);
  await expect(work).rejects.toThrow(`area: expected ${expected}`);
});
