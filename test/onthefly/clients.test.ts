import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { beforeAll, describe, expect, test } from '@jest/globals';
// @ts-expect-error: the package has no types.
import Imaginary from 'imaginary';
import sharp from 'sharp';
import { messageOf, picture, post, type Server, sizeOf, startServer } from './setup.ts';

describe('the npm package imaginary', () => {
  let server: Server;
  let file: string;
  beforeAll(async () => {
    server = await startServer(['-key', 'secret']);
    file = path.join(tmpdir(), `imagetx-client-${process.pid}.jpg`);
    await writeFile(file, await picture(200, 100, 'jpeg'));
  });
  const client = () => new Imaginary(file).server(server.url).key('secret');
  /** The package's streams are older than async iteration. */
  const all = (stream: NodeJS.ReadableStream): Promise<Buffer> => buffer(stream.pipe(new PassThrough()));
  const sized = async (stream: NodeJS.ReadableStream) => {
    const { format, width, height } = await sharp(await all(stream)).metadata();
    return [format, width, height];
  };

  const rows: readonly (readonly [string, readonly unknown[], readonly unknown[]])[] = [
    ['crop', [{ width: 50 }], ['jpeg', 50, 100]],
    ['resize', [{ width: 50, type: 'png' }], ['png', 50, 25]],
    ['enlarge', [{ width: 300, height: 300 }], ['jpeg', 300, 300]],
    ['extract', [{ top: 10, left: 10, areawidth: 30, areaheight: 20 }], ['jpeg', 30, 20]],
    ['rotate', [{ rotate: 90 }], ['jpeg', 100, 200]],
    ['flip', [{}], ['jpeg', 200, 100]],
    ['flop', [{}], ['jpeg', 200, 100]],
    ['thumbnail', [{ width: 20 }], ['jpeg', 20, 10]],
    ['zoom', [{ factor: 1 }], ['jpeg', 400, 200]],
    ['convert', [{ type: 'webp' }], ['webp', 200, 100]],
    ['watermark', [{ text: 'Hello' }], ['jpeg', 200, 100]],
    ['smartcrop', [{ width: 40, height: 40 }], ['jpeg', 40, 40]],
    ['pipeline', [[{ operation: 'flip' }, { operation: 'resize', params: { width: 60 } }]], ['jpeg', 60, 30]],
  ];
  test.each(rows)('%s gets the picture that it asks for', async (method, args, expected) => {
    expect(await sized(client()[method](...args))).toEqual(expected);
  });

  test('info, health and versions are read', async () => {
    const json = async (stream: NodeJS.ReadableStream) => JSON.parse((await all(stream)).toString());
    expect(await json(client().info({}))).toMatchObject({ width: 200, height: 100, type: 'jpeg' });
    expect(await json(client().health())).toHaveProperty('uptime');
    expect(await json(client().versions())).toHaveProperty('libvips');
  });
});

// The npm package creebet, which the project wanted to drive as well, is no longer in the registry.

describe("Nextcloud's preview provider", () => {
  let server: Server;
  beforeAll(async () => {
    server = await startServer(['-return-size', '-key', 'nextcloud']);
  });

  const svg = Buffer.from(
    '<svg xmlns="http://www.w3.org/2000/svg" width="400" height="300"><rect width="400" height="300" fill="#06c"/></svg>',
  );
  const inputs = [
    { kind: 'JPEG', make: () => picture(400, 300, 'jpeg'), first: { operation: 'autorotate' }, type: 'jpeg' },
    { kind: 'PNG', make: () => picture(400, 300, 'png'), first: { operation: 'autorotate' }, type: 'png' },
    { kind: 'WebP', make: () => picture(400, 300, 'webp'), first: { operation: 'autorotate' }, type: 'webp' },
    { kind: 'GIF', make: () => picture(400, 300, 'gif'), first: { operation: 'autorotate' }, type: 'png' },
    {
      kind: 'SVG',
      make: async () => svg,
      first: { operation: 'convert', params: { type: 'png' } },
      type: 'png',
    },
  ];
  const shapes = [
    { operation: 'fit', asked: [256, 256], size: [256, 192] },
    { operation: 'smartcrop', asked: [64, 64], size: [64, 64] },
  ];
  const rows = inputs.flatMap((input) => shapes.map((shape) => ({ ...input, ...shape })));

  test.each(rows)(
    '$kind becomes a preview by $operation',
    async ({ make, first, type, operation, asked, size }) => {
      const [width, height] = asked;
      const params = { width, height, stripmeta: 'true', type, norotation: 'true', quality: '80' };
      const operations = encodeURIComponent(JSON.stringify([first, { operation, params }]));
      const answer = await post(server.url, `/pipeline?operations=${operations}&key=nextcloud`, await make());
      expect([answer.status, answer.headers['content-type']]).toEqual([200, `image/${type}`]);
      expect([answer.headers['image-width'], answer.headers['image-height']]).toEqual(size.map(String));
      const { width: w, height: h, exif } = await sharp(answer.body).metadata();
      expect([w, h, exif]).toEqual([...size, undefined]);
    },
  );

  test.each([
    ['80 megapixels', '222.2', 10_000, 8000, '1024x819'],
    ['a panorama', '222.2', 17_000, 900, '1024x54'],
    ['a tall screenshot', '222.2', 900, 17_000, '54x1024'],
    ['a little less than allowed', '2', 1999, 1000, '1024x512'],
    ['as much as is allowed', '2', 2000, 1000, '1024x512'],
    ['a little more than allowed', '2', 2001, 1000, 'Image resolution is too big'],
  ])(
    '%s with -max-allowed-resolution %s: %i x %i becomes %s',
    async (_what, flag, width, height, outcome) => {
      const { url } = await startServer(['-max-allowed-resolution', flag]);
      const params = { width: 1024, height: 1024, stripmeta: 'true', type: 'jpeg', norotation: 'true' };
      const steps = JSON.stringify([{ operation: 'autorotate' }, { operation: 'fit', params }]);
      const body = await picture(width, height, 'jpeg');
      const answer = await post(url, `/pipeline?operations=${encodeURIComponent(steps)}`, body);
      const size = await sizeOf(answer).catch(() => undefined);
      expect(size ? `${size.width}x${size.height}` : messageOf(answer)).toMatch(outcome);
    },
  );

  test('a failure is reported in message', async () => {
    const answer = await post(server.url, '/pipeline?operations=[]&key=', await picture());
    expect([answer.status, messageOf(answer)]).toEqual([401, 'Invalid or missing API key']);
  });
});
