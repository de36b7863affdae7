import { beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import sharp from 'sharp';
import { operations } from '../../engine/operations/index.ts';
import { params } from '../../engine/params.ts';
import { animation, blue, green, red } from '../engine/support/pictures.ts';
import { get, messageOf, picture, post, type Server, send, sizeOf, startServer } from './setup.ts';

let server: Server;
let small: Buffer;
beforeAll(async () => {
  small = await picture(20, 10);
  server = await startServer();
});

const paths = ['info', 'pipeline', ...operations.map(({ name }) => name)];
const value = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.integer({ min: -70_000, max: 70_000 }).map(String),
  fc.double().map(String),
  fc.constantFrom(
    'true',
    '1',
    '',
    'auto',
    'webp',
    'smart',
    'bw',
    '1:2',
    '0:0',
    '255,0,0',
    'red',
    '[]',
    '[{"operation":"flip"}]',
    '1e999',
    '%',
    '\0',
  ),
);
const name = fc.oneof(fc.constantFrom(...Object.keys(params), 'operations', 'field', 'key'), fc.string());
/** Slow by design, and tested elsewhere. */
const isQuick = (query: string): boolean => !/image=|font=|type=(avif|jxl|apng|svg|pdf|auto)/i.test(query);
const query = fc
  .array(fc.tuple(name, value), { maxLength: 5 })
  .map((pairs) =>
    pairs.map((pair) => pair.map((text) => encodeURIComponent(text.toWellFormed())).join('=')).join('&'),
  )
  .filter(isQuick);

test('any query gives an answer below 500', async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...paths), query, async (path, text) => {
      const { status } = await post(server.url, `/${path}?${text}`, small);
      expect([200, 400, 413, 422]).toContain(status);
    }),
    { numRuns: 150 },
  );
});

test('any bytes as a query give an answer below 500', async () => {
  const raw = fc.string({
    unit: fc.constantFrom(
      ...'%&=;+?/#[]{}"\\a0ß'.split('').filter((one) => one !== '#' && one !== 'ß'),
      '%ff',
      '%00',
      '%2',
      'width',
    ),
  });
  await fc.assert(
    fc.asyncProperty(raw, async (text) => {
      expect((await post(server.url, `/flip?${text}`, small)).status).toBeLessThan(500);
    }),
    { numRuns: 60 },
  );
});

test.each([
  ['top=5&areawidth=20&areaheight=10', 'extract_area: bad extract area'],
  ['areawidth=16384&areaheight=10', 'Maximum image size exceeded'],
])('extract?%s fails with the message of Imaginary', async (query, message) => {
  const answer = await post(server.url, `/extract?${query}`, small);
  expect([answer.status, messageOf(answer)]).toEqual([400, `Error while processing the image: ${message}`]);
});

test('a kind of picture that is not read is refused with what is read', async () => {
  const { data } = await sharp(small).tiff({ compression: 'none' }).toBuffer({ resolveWithObject: true });
  // The tag of the compression (259), its type and its count.
  const compression = data.indexOf('\x03\x01\x03\0\x01\0\0\0', 0, 'latin1') + 8;
  data.writeUInt16LE(34_925, compression);
  const answer = await post(server.url, '/convert?type=png', data);
  expect([answer.status, messageOf(answer)]).toEqual([
    406,
    'Unsupported media type: TIFF: expected LZW, Deflate, PackBits, JPEG, WebP or no compression, got compression by LZMA',
  ]);
  const text = await post(server.url, '/convert?type=png', Buffer.from('no picture'));
  expect([text.status, messageOf(text)]).toEqual([406, 'Unsupported media type']);
});

describe('new parameters', () => {
  test.each([
    ['avif', 'image/avif'],
    ['gif', 'image/gif'],
    ['webp', 'image/webp'],
  ])('type=%s is written', async (type, mime) => {
    const answer = await post(server.url, `/resize?width=10&type=${type}`, small);
    expect([answer.status, answer.headers['content-type']]).toEqual([200, mime]);
  });

  test.each(['gif', 'webp'] as const)(
    'an animated %s stays animated through resize and crop',
    async (type) => {
      const frames = await Promise.all(
        ['#f00', '#0f0', '#00f'].map((background) =>
          sharp({ create: { width: 40, height: 30, channels: 3, background } })
            .png()
            .toBuffer(),
        ),
      );
      const animation = await sharp(frames, { join: { animated: true } })
        .toFormat(type)
        .toBuffer();
      for (const path of ['/resize?width=20', '/crop?width=20&height=20']) {
        const { body } = await post(server.url, path, animation);
        expect(await sharp(body, { animated: true }).metadata()).toMatchObject({
          format: type,
          pages: 3,
          width: 20,
        });
      }
    },
  );

  test('a header tells of frames over the limit, and a missing page is refused', async () => {
    const limited = await startServer([], { MAX_FRAMES: '2' });
    const gif = await animation('gif', [red, green, blue]);
    const cut = await post(limited.url, '/resize?width=20', gif);
    expect(cut.headers['image-frames-left-out']).toBe('1');
    expect((await sharp(cut.body, { animated: true }).metadata()).pages).toBe(2);
    const whole = await post(server.url, '/resize?width=20', gif);
    expect(whole.headers['image-frames-left-out']).toBeUndefined();
    const beyond = await post(server.url, '/convert?type=png&page=3', gif);
    expect([beyond.status, JSON.parse(beyond.body.toString()).message]).toEqual([
      400,
      expect.stringContaining('page: expected 0 to 2, got 3'),
    ]);
  });

  test.each([
    ['red', [255, 0, 0]],
    ['%2300ff00', [0, 255, 0]],
    ['rgb(0,0,255)', [0, 0, 255]],
    ['10,20,30', [10, 20, 30]],
    ['0,0,0', [0, 0, 0]],
  ])('background=%s fills transparent pixels', async (background, colour) => {
    const clear = await sharp({
      create: { width: 8, height: 8, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } },
    })
      .png()
      .toBuffer();
    const { body } = await post(server.url, `/convert?type=jpeg&quality=100&background=${background}`, clear);
    const [r = 0, g = 0, b = 0] = await sharp(body).raw().toBuffer();
    for (const [at, channel] of [r, g, b].entries())
      expect(Math.abs(channel - (colour[at] ?? 0))).toBeLessThan(6);
  });

  test('a preflight request gets the headers that it asks for', async () => {
    const open = await startServer(['-cors']);
    const headers = {
      origin: 'https://a.example',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'api-key',
    };
    const answer = await send(open.url, { method: 'OPTIONS', path: '/resize', headers });
    expect([
      answer.status,
      answer.headers['access-control-allow-origin'],
      answer.headers['access-control-allow-headers'],
    ]).toEqual([204, '*', 'api-key']);
    expect((await send(server.url, { method: 'OPTIONS', path: '/resize', headers })).status).toBe(405);
  });
});

describe('safety', () => {
  test('a body over the limit is refused before it is read, and the error names the batch door', async () => {
    const answer = await send(server.url, {
      method: 'POST',
      path: '/info',
      headers: { 'content-length': 99_000_000 },
    });
    expect([answer.status, answer.headers.connection, messageOf(answer)]).toEqual([
      413,
      'close',
      expect.stringContaining('batch door'),
    ]);
  });

  test.each(['/resize?width=20000&force=true', '/zoom?factor=2000', '/enlarge?width=16000&height=16000'])(
    'an output that is too large is refused: %s',
    async (path) => {
      const answer = await post(server.url, path, small);
      expect([answer.status, messageOf(answer)]).toEqual([
        400,
        expect.stringContaining('Error while processing the image: '),
      ]);
    },
  );

  test('browsers must not interpret pictures as anything else', async () => {
    const svg = Buffer.from(
      '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(1)</script></svg>',
    );
    const answer = await post(server.url, '/flip?type=svg', svg);
    expect(answer.headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'content-security-policy': expect.stringContaining("default-src 'none'"),
    });
    expect(answer.body.toString()).not.toContain('script');
  });

  test('an unclean path is redirected to the clean one, on this server', async () => {
    const seen = await Promise.all(
      ['//evil.example/resize', '/a/../resize?x=1', '/./flip', '/%2e%2e/%2e%2e/etc', '/a//b?c'].map(
        async (path) => (await get(server.url, path)).headers.location,
      ),
    );
    expect(seen).toEqual(['/evil.example/resize', '/resize?x=1', '/flip', '/etc', '/a/b?c']);
  });

  test('the stored size counts, not the size after EXIF orientation', async () => {
    const turned = await sharp({ create: { width: 40, height: 20, channels: 3, background: '#fff' } })
      .withMetadata({ orientation: 6 })
      .jpeg()
      .toBuffer();
    expect(JSON.parse((await post(server.url, '/info', turned)).body.toString())).toMatchObject({
      width: 40,
      height: 20,
      orientation: 6,
    });
    expect(await sizeOf(await post(server.url, '/fit?width=10&height=10', turned))).toMatchObject({
      width: 5,
      height: 10,
    });
  });
});
