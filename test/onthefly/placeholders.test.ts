import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { decode as decodeBlurhash } from 'blurhash';
import sharp from 'sharp';
import { thumbHashToRGBA } from 'thumbhash';
import { createSignature } from '../../convert_stream/guards/signature.ts';
import { type Page, tiffOfPages } from '../formats/support/tiff_by_hand.ts';
import { form, startTestService, type TestService } from '../inline/setup.ts';
import { get, messageOf } from './setup.ts';

const key = 'k'.repeat(32);
let folder: string;
let service: TestService;
let signed: TestService;

type Rgb = readonly [number, number, number];
const red: Rgb = [220, 30, 30];
const blue: Rgb = [20, 40, 200];
const inkBlue: Rgb = [60, 70, 150];

/** A picture whose left part of `share` is red and whose rest is blue. */
async function halves(width: number, height: number, share = 0.5): Promise<Buffer> {
  const left = Math.round(width * share);
  const data = Buffer.from(
    Array.from({ length: width * height }, (_, at) => (at % width < left ? red : blue)).flat(),
  );
  return await sharp(data, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
}

/** A grey page of a document. */
const page = (width: number, height: number): Page => ({
  width,
  height,
  bits: [8],
  photometric: 1,
  pieces: [Buffer.alloc(width * height, 99)],
});

const files: Readonly<Record<string, () => Promise<Buffer>>> = {
  'wide.png': () => halves(300, 200),
  'mostly_red.png': () => halves(300, 200, 0.75),
  'turned.jpg': async () =>
    await sharp(await halves(300, 200))
      .withMetadata({ orientation: 6 })
      .jpeg({ quality: 95 })
      .toBuffer(),
  // Inks cannot make this blue.
  'cmyk.jpg': async () =>
    await sharp(await halves(300, 200))
      .toColourspace('cmyk')
      .jpeg({ quality: 95 })
      .toBuffer(),
  'doc.pdf': () => readFile(new URL('../imaginary/testdata/generated/doc.pdf', import.meta.url)),
  'pages.tiff': async () => tiffOfPages([page(60, 40), page(30, 70)]),
  'one.png': () => halves(1, 1, 1),
  'clear.png': async () =>
    await sharp({
      create: { width: 40, height: 30, channels: 4, background: { r: 9, g: 9, b: 9, alpha: 0 } },
    })
      .png()
      .toBuffer(),
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'placeholders-'));
  for (const [name, make] of Object.entries(files)) await writeFile(join(folder, name), await make());
  const PRESETS = join(folder, 'presets.json');
  const tall = { operation: 'crop', params: { width: 50, height: 100, type: 'png' } };
  await writeFile(PRESETS, JSON.stringify({ tall, framed: { params: { padding: 3, type: 'png' } } }));
  [service, signed] = await Promise.all([
    startTestService({ MOUNT: folder, PRESETS }),
    startTestService({ MOUNT: folder, ENABLE_URL_SIGNATURE: 'true', URL_SIGNATURE_KEY: key }),
  ]);
});
afterAll(async () => await Promise.all([service.close(), signed.close(), rm(folder, { recursive: true })]));

const all = 'thumbhash,blurhash,color,lqip';
const placeholderOf = async (file: string, names = all) => {
  const { body } = await get(service.url, `/info?file=${file}&placeholder=${names}`);
  return JSON.parse(body.toString()).placeholder;
};

/** The colour at a place of decoded pixels, from 0 to 1 across and down. */
function colourAt(
  rgba: ArrayLike<number>,
  [width, height]: readonly [number, number],
  x: number,
  y: number,
): Rgb {
  const at = 4 * (Math.floor(y * height) * width + Math.floor(x * width));
  return [rgba[at] ?? 0, rgba[at + 1] ?? 0, rgba[at + 2] ?? 0];
}

const isNear = (a: Rgb, b: Rgb): boolean => a.every((value, at) => Math.abs(value - (b[at] ?? 0)) < 70);

const decoders = {
  thumbhash: (text: string) => {
    const { w, h, rgba } = thumbHashToRGBA(Buffer.from(text, 'base64'));
    return { rgba, size: [w, h] as const };
  },
  blurhash: (text: string) => ({ rgba: decodeBlurhash(text, 30, 20), size: [30, 20] as const }),
  lqip: async (text: string) => {
    const data = Buffer.from(text.replace('data:image/webp;base64,', ''), 'base64');
    const { data: rgba, info } = await sharp(data).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
    return { rgba, size: [info.width, info.height] as const };
  },
} as const;

test.each(
  (Object.keys(decoders) as (keyof typeof decoders)[]).flatMap((kind) =>
    ['wide.png', 'cmyk.jpg'].map((file) => [kind, file] as const),
  ),
)('the %s of %s decodes to its colours, left and right', async (kind, file) => {
  const { rgba, size } = await decoders[kind]((await placeholderOf(file, kind))[kind]);
  const [left, right] = [colourAt(rgba, size, 0.15, 0.5), colourAt(rgba, size, 0.85, 0.5)];
  expect([isNear(left, red), isNear(right, file === 'cmyk.jpg' ? inkBlue : blue)]).toEqual([true, true]);
});

test.each(Object.keys(decoders) as (keyof typeof decoders)[])(
  'the %s of a turned photograph is upright',
  async (kind) => {
    const { rgba, size } = await decoders[kind]((await placeholderOf('turned.jpg', kind))[kind]);
    // Turned by a quarter to the right, the left half is on top.
    const [top, bottom] = [colourAt(rgba, size, 0.5, 0.15), colourAt(rgba, size, 0.5, 0.85)];
    expect([isNear(top, red), isNear(bottom, blue)]).toEqual([true, true]);
  },
);

test('colours are those of the picture, the most frequent one first', async () => {
  expect(await placeholderOf('mostly_red.png', 'color')).toEqual({
    color: '#dc1e1e',
    palette: expect.arrayContaining(['#dc1e1e', '#1428c8']),
  });
  expect((await placeholderOf('wide.png', 'color')).palette.length).toBeLessThanOrEqual(6);
});

test('a tiny picture takes less than 400 bytes', async () => {
  for (const file of Object.keys(files))
    expect((await placeholderOf(file, 'lqip')).lqip.length).toBeLessThan(400);
});

test('a picture of one pixel has all placeholders; one that is wholly clear has no colour', async () => {
  expect(await placeholderOf('one.png')).toMatchObject({ color: '#dc1e1e', palette: ['#dc1e1e'] });
  const clear = await placeholderOf('clear.png');
  expect(clear).toMatchObject({ palette: [], thumbhash: expect.any(String) });
  expect(clear).not.toHaveProperty('color');
});

test('without the parameter the answer is as before, and an unknown kind is refused', async () => {
  expect(JSON.parse((await get(service.url, '/info?file=wide.png')).body.toString())).not.toHaveProperty(
    'placeholder',
  );
  const wrong = await get(service.url, '/info?file=wide.png&placeholder=thumbhash,nope');
  expect([wrong.status, messageOf(wrong)]).toEqual([400, expect.stringContaining('placeholder: expected')]);
});

test('a kind that is named a thousand times is made once', async () => {
  const once = await get(service.url, '/info?file=wide.png&placeholder=lqip,color');
  const often = await get(
    service.url,
    `/info?file=wide.png&placeholder=lqip,color${',lqip'.repeat(100_000)}`,
  );
  expect([often.status, often.body]).toEqual([200, once.body]);
});

test('inline, placeholders are in the answer and in the metadata of the object', async () => {
  const parts = { format: 'jpg', name: 'a', placeholder: 'thumbhash,color' };
  const image = { data: await halves(300, 200, 0.75), name: 'a.png' };
  const answer = await fetch(service.convertUrl, {
    method: 'POST',
    body: form({ ...parts, image }),
    headers: { accept: 'application/json' },
  });
  const { placeholder } = (await answer.json()) as { placeholder: Readonly<Record<string, unknown>> };
  expect(Object.keys(placeholder)).toEqual(['thumbhash', 'color', 'palette']);
  const object = await service.store.stat({ bucket: service.bucket, name: 'a.jpg' });
  expect(object?.metadata['placeholder-thumbhash']).toBe(placeholder.thumbhash);
});

const srcsetOf = async (query: string) => {
  const answer = await get(service.url, `/srcset?${query}`);
  return { status: answer.status, ...JSON.parse(answer.body.toString()) };
};

test('a srcset has each width once, none larger than the picture, and a fallback for all browsers', async () => {
  const made = await srcsetOf('file=wide.png&widths=100,200,100,640&types=avif,webp&quality=70');
  expect(made).toMatchObject({ width: 300, height: 200 });
  expect(made.sources.map(({ type }: { type: string }) => type)).toEqual([
    'image/avif',
    'image/webp',
    'image/jpeg',
  ]);
  expect(made.sources[0].srcset.match(/ (\d+)w/g)).toEqual([' 100w', ' 200w', ' 300w']);
  expect(made.src).toBe('/resize?file=wide.png&quality=70&width=300&type=jpeg');
  const { body } = await get(service.url, made.src);
  expect(await sharp(body).metadata()).toMatchObject({ format: 'jpeg', width: 300, height: 200 });
});

test.each([
  ['turned.jpg', '', 200, 300],
  ['wide.png', '&rotate=90', 200, 300],
  ['clear.png', '', 40, 30],
  ['wide.png', '&dpr=2', 300, 200],
])('of %s%s the size is that of the shown picture', async (file, more, width, height) => {
  const made = await srcsetOf(`file=${file}&widths=5000${more}`);
  expect([made.width, made.height]).toEqual([width, height]);
});

test.each([
  ['wide.png', '', [40, 80]],
  ['wide.png', '&h=30', [40, 80]],
  ['wide.png', '&height=30&w=7&fm=png', [40, 80]],
  ['wide.png', '&aspectratio=1:1', [40, 80]],
  ['wide.png', '&padding=5,10', [60, 100]],
  ['wide.png', '&minheight=70', [104, 106]],
  ['wide.png', '&preset=tall', [40, 50]],
  ['wide.png', '&preset=framed&rotate=90', [40, 80]],
  ['turned.jpg', '&norotation=true', [27, 53]],
  ['turned.jpg', '&norotation=true&stripmeta=true', [40, 80]],
  ['pages.tiff', '', [40, 60]],
  ['pages.tiff', '&page=1', [30]],
  ['doc.pdf', '&dpi=18', [40, 50]],
])(
  'of %s%s the widths and the shape that a srcset names are those of its pictures',
  async (file, more, widths) => {
    const made = await srcsetOf(`file=${file}&widths=40,80&types=avif,webp${more}`);
    for (const { srcset } of made.sources) {
      const candidates: readonly string[] = srcset.split(', ');
      const seen = await Promise.all(
        candidates.map(async (candidate) => {
          const [url = '', word] = candidate.split(' ');
          const { autoOrient } = await sharp((await get(service.url, url)).body).metadata();
          expect(word).toBe(`${autoOrient.width}w`);
          return autoOrient;
        }),
      );
      expect(seen.map(({ width }) => width)).toEqual(widths);
      expect(seen.at(-1)).toEqual({ width: made.width, height: made.height });
    }
  },
);

test('a browser gets a ready picture, whose texts are escaped', async () => {
  const { headers, body } = await get(
    service.url,
    `/srcset?file=wide.png&widths=100&alt=${encodeURIComponent('"><script>')}&sizes=50vw&placeholder=color`,
    { accept: 'text/html' },
  );
  expect([headers['content-type'], headers.vary]).toEqual(['text/html', 'Accept']);
  const html = body.toString();
  expect(html).toMatch(/^<picture><source type="image\/avif" sizes="50vw" srcset="/);
  expect(html).toContain('alt="&quot;&gt;&lt;script&gt;" loading="lazy" style="background:#');
});

test.each([
  'widths=0',
  'widths=wide',
  'widths=1e2',
  'widths=0x10',
  'types=pdf',
  'preset=nope',
  'widths=',
  'types=heic',
  `widths=${Array.from({ length: 31 }, (_, at) => at + 1)}&types=avif,webp`,
])('the srcset with %s is refused', async (query) => {
  expect((await srcsetOf(`file=wide.png&${query}`)).status).toBe(400);
});

test('a signed srcset answers signed URLs that end with it, and a stranger gets none', async () => {
  const expires = Math.floor(Date.now() / 1000) + 60;
  const query = `file=wide.png&widths=100&expires=${expires}`;
  const answer = await get(signed.url, `/srcset?${query}&sign=${createSignature(key, '/srcset', query)}`);
  const { src } = JSON.parse(answer.body.toString());
  expect(src).toContain(`expires=${expires}`);
  expect((await get(signed.url, src)).status).toBe(200);
  expect((await get(signed.url, src.replace('width=100', 'width=101'))).status).toBe(403);
  expect((await get(signed.url, `/srcset?${query}`)).status).toBe(403);
});
