import { beforeEach, expect, test } from '@jest/globals';
import sharp from 'sharp';
import type { CodecRequest } from '../../engine/codec_worker/pool.ts';
import { decoded, difference } from './support/pictures.ts';
import { codeOf, codecs as real, run } from './support/run.ts';

const requests: CodecRequest[] = [];
beforeEach(() => void requests.splice(0));
const codecs = {
  ...real,
  run: (request: CodecRequest) => {
    requests.push(request);
    return real.run(request);
  },
};

const svg = (inside: string, width = 40, height = 30): Buffer =>
  Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${inside}</svg>`);
const drawing = svg('<circle cx="20" cy="15" r="12" fill="#c33"/>');

test.each([
  ['convert type=png', [40, 30], [40, 30]],
  ['thumbnail width=200&type=png', [200, 150], [200, 150]],
  ['thumbnail width=20&type=png', [20, 15], [20, 15]],
  ['thumbnail width=20&type=png&rotate=90', [27, 20], [20, 27]],
  ['enlarge width=100&height=100&type=png', [133, 100], [100, 100]],
  ['crop width=20&type=png&gravity=west', [40, 30], [20, 30]],
  ['extract width=80&top=10&left=10&areawidth=40&areaheight=30&type=png&flip=true', [80, 60], [40, 30]],
] as const)('a drawing is drawn apart, at the size that is wanted: %s', async (step, drawn, size) => {
  const { info } = await run(drawing, step, { codecs });
  expect([info.width, info.height]).toEqual(size);
  expect(requests.map(({ task }) => task)).toEqual(['svg.finish']);
  const [, width, height] = /width="([\d.]+)" height="([\d.]+)"/.exec(`${requests[0]?.data}`) ?? [];
  // The renderer takes these for inches of 72.
  expect([width, height].map((side) => Math.round((Number(side) * 96) / 72))).toEqual(drawn);
});

test.each([
  ['thumbnail width=200&type=png', 360],
  ['thumbnail width=20&type=png', 36],
  ['convert type=png', 72],
])('%s is as sharp as a drawing of that size', async (step, density) => {
  const { data } = await run(drawing, step, { codecs });
  expect(
    difference(await decoded(data), await decoded(await sharp(drawing, { density }).png().toBuffer())),
  ).toBeLessThan(2);
});

test('a drawing without a size is as large as what is in it', async () => {
  const loose = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><rect width="70" height="50"/></svg>');
  const { info } = await run(loose, 'convert type=png', { codecs });
  expect([info.width, info.height]).toEqual([70, 50]);
});

const filter = (parts: string): string => `<filter id="f">${parts}</filter><circle r="9" filter="url(#f)"/>`;
const blurs = filter('<feGaussianBlur stdDeviation="3"/>'.repeat(90));

test.each([
  ['ninety blurs of a large picture', svg(blurs, 2000, 2000), 'corrupt_image'],
  ['ninety blurs of a small one', svg(blurs, 40, 40), 'none'],
  [
    'a thick outline of a large picture',
    svg(filter('<feMorphology radius="90"/>'), 2000, 2000),
    'corrupt_image',
  ],
  ['a thin one', svg(filter('<feMorphology radius="2"/>'), 300, 300), 'none'],
  [
    'a filter that is used over and over',
    svg(filter('<feDropShadow/>') + '<rect filter="url(#f)"/>'.repeat(200), 1500, 1000),
    'corrupt_image',
  ],
] as const)('what filters come to is known before they are drawn: %s', async (_title, input, code) => {
  expect(await codeOf(run(input, 'convert type=png', { codecs }))).toBe(code);
  expect(requests.some(({ task }) => task === 'svg.finish')).toBe(code === 'none');
});

test('a drawing that is wanted larger has its filters counted at that size', async () => {
  expect(await codeOf(run(svg(blurs), 'enlarge width=2000&height=1500&type=png', { codecs }))).toBe(
    'corrupt_image',
  );
});

test('a drawing that asks for all memory ends its worker, not this process', async () => {
  const pattern = `<pattern id="p" width="1" height="1" patternUnits="userSpaceOnUse" patternTransform="scale(20000)"><rect width="1" height="1"/></pattern>`;
  const input = svg(`${pattern}<rect width="1000" height="1000" fill="url(#p)"/>`, 1000, 1000);
  const before = process.memoryUsage.rss();
  // To fill the memory takes a busy machine half a minute.
  const limits = { CONVERSION_SECONDS: 300 };
  expect(await codeOf(run(input, 'convert type=png', { codecs, limits }))).toBe('unprocessable');
  expect(process.memoryUsage.rss() - before).toBeLessThan(5e8);
}, 300_000);
