import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import sharp from 'sharp';

const root = join(import.meta.dirname, '..');
const samples = join(root, 'test/imaginary/testdata/generated');
const key = 'a key of Nextcloud';

/** The flags of the page, as the image's launcher gets them. */
const page = readFileSync(join(root, 'docs/nextcloud.md'), 'utf8');
const flags = /imagetx (-p 9000 .*) -key/.exec(page)?.[1]?.split(' ') ?? [];

let program: ReturnType<typeof spawn>;
let url: string;

beforeAll(async () => {
  // The bundle that the image has, through its own entry.
  const build = spawn(process.execPath, ['build/main.ts'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  expect(await once(build, 'exit')).toEqual([0, null]);
  const args = [join(root, 'dist/imagetx/main.cjs'), ...flags, '-p', '0', '-a', '127.0.0.1', '-key', key];
  program = spawn(process.execPath, args, { cwd: '/', env: {}, stdio: ['ignore', 'ignore', 'pipe'] });
  for await (const line of createInterface(program.stderr as NodeJS.ReadableStream)) {
    url = /^Listening on (http:\S+?),/.exec(line)?.[1] ?? '';
    if (url) break;
  }
  program.stderr?.resume();
});
afterAll(async () => {
  program.kill();
  await once(program, 'exit');
});

interface Preview {
  readonly file: Buffer;
  /** Nextcloud's word for the type of the file. */
  readonly mime: string;
  readonly size: readonly [number, number];
  readonly crop?: boolean;
}

const isDrawing = (mime: string): boolean => ['image/svg+xml', 'application/pdf'].includes(mime);
const outputOf = (mime: string): string =>
  ['image/gif', 'image/png'].includes(mime) || isDrawing(mime) ? 'png' : 'jpeg';

/** The request of Nextcloud's preview provider for a file of this type. */
async function preview({ file, mime, size, crop = false }: Preview, secret = key): Promise<Response> {
  const type = outputOf(mime);
  const [width, height] = size;
  const first = isDrawing(mime)
    ? [{ operation: 'convert', params: { type } }]
    : mime === 'image/heic'
      ? []
      : [{ operation: 'autorotate' }];
  const params = { width, height, stripmeta: 'true', type, norotation: 'true', quality: '80' };
  const query = new URLSearchParams({
    operations: JSON.stringify([...first, { operation: crop ? 'smartcrop' : 'fit', params }]),
    key: secret,
  });
  return await fetch(`${url}/pipeline?${query}`, { method: 'POST', body: new Uint8Array(file) });
}

/** Size and mean colours of an answer, decoded; and the size that its headers tell. */
async function seen(answer: Response) {
  const data = Buffer.from(await answer.arrayBuffer());
  if (answer.status !== 200) return { status: answer.status, text: data.toString() };
  const { channels } = await sharp(data).stats();
  const { width, height } = await sharp(data).metadata();
  const told = [answer.headers.get('image-width'), answer.headers.get('image-height')].map(Number);
  return {
    status: 200,
    size: [width, height],
    told,
    colour: channels.slice(0, 3).map(({ mean }) => Math.round(mean)),
  };
}

/** Two halves, red and blue, so that a wrong colour or half shows. */
async function halves(width: number, height: number, format: 'jpeg' | 'png' | 'webp' | 'tiff' | 'gif') {
  const left = Math.floor(width / 2);
  const blue = { create: { width: width - left, height, channels: 3 as const, background: '#0000ff' } };
  const red = { create: { width, height, channels: 3 as const, background: '#ff0000' } };
  return await sharp({ ...red, limitInputPixels: false })
    .composite([{ input: blue, left, top: 0 }])
    .toFormat(format)
    .toBuffer();
}

const sampleOf = (name: string): Buffer => readFileSync(join(samples, name));

const formats: readonly (readonly [mime: string, make: () => Promise<Buffer> | Buffer])[] = [
  ['image/jpeg', () => halves(800, 600, 'jpeg')],
  ['image/png', () => halves(800, 600, 'png')],
  ['image/webp', () => halves(800, 600, 'webp')],
  ['image/tiff', () => halves(800, 600, 'tiff')],
  ['image/gif', () => halves(800, 600, 'gif')],
];

test.each(formats)(
  '%s becomes a preview with its colours and its size in the headers',
  async (mime, make) => {
    const found = await seen(await preview({ file: await make(), mime, size: [256, 256] }));
    expect(found).toMatchObject({ status: 200, size: [256, 192], told: [256, 192] });
    for (const [at, mean] of [128, 0, 128].entries())
      expect(Math.abs((found.colour?.[at] ?? 0) - mean)).toBeLessThan(4);
  },
);

test.each([
  ['image/heic', 'quad.heic'],
  ['image/bmp', 'tiny.bmp'],
  ['application/pdf', 'doc.pdf'],
  ['image/svg+xml', 'plain.svg'],
])('%s is read by the engines of the default image', async (mime, name) => {
  const found = await seen(await preview({ file: sampleOf(name), mime, size: [64, 64] }));
  expect(found).toMatchObject({ status: 200 });
  expect(found.told).toEqual(found.size);
  expect(Math.max(...(found.size ?? []))).toBeLessThanOrEqual(64);
});

test.each([
  ['80 megapixels', 10_000, 8_000, [1024, 819]],
  ['a panorama', 17_000, 900, [1024, 54]],
])('%s becomes a preview', async (_, width, height, size) => {
  const file = await halves(width, height, 'jpeg');
  const found = await seen(await preview({ file, mime: 'image/jpeg', size: [1024, 1024] }));
  expect(found).toMatchObject({ status: 200, size, told: size });
});

test('a cropped preview is as large as it was asked for', async () => {
  const file = await halves(800, 600, 'jpeg');
  const found = await seen(await preview({ file, mime: 'image/jpeg', size: [64, 64], crop: true }));
  expect(found).toMatchObject({ status: 200, size: [64, 64] });
});

test('forty at once are all answered, photographs and HEIC mixed', async () => {
  const photograph = await halves(4000, 3000, 'jpeg');
  const heic = sampleOf('quad.heic');
  const answers = await Promise.all(
    Array.from({ length: 40 }, (_, at) =>
      preview(
        at % 4 === 0
          ? { file: heic, mime: 'image/heic', size: [64, 64] }
          : { file: photograph, mime: 'image/jpeg', size: [1024, 1024] },
      ),
    ),
  );
  const found = await Promise.all(answers.map(seen));
  expect(found.filter(({ status }) => status !== 200)).toEqual([]);
});

test('a wrong key and a broken file are refused with a message, and the server goes on', async () => {
  const file = await halves(80, 60, 'jpeg');
  const refused = await preview({ file, mime: 'image/jpeg', size: [64, 64] }, 'another key');
  expect([refused.status, await refused.json()]).toEqual([
    401,
    { message: 'Invalid or missing API key', status: 401 },
  ]);
  const broken = await preview({ file: Buffer.from('no picture'), mime: 'image/jpeg', size: [64, 64] });
  expect(broken.status).toBeGreaterThanOrEqual(400);
  expect(broken.status).toBeLessThan(500);
  expect(await broken.json()).toHaveProperty('message');
  expect((await preview({ file, mime: 'image/jpeg', size: [64, 64] })).status).toBe(200);
});
