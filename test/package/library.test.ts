import { createReadStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { expect, test } from '@jest/globals';
import sharp from 'sharp';
import { operations, params } from '../../engine/catalog.ts';
import { close, convert, createConverter, formats, inspect, Problem } from '../../package/index.ts';
import type { ConvertOptions, Input } from '../../package/types.ts';
import { look, png } from '../batch/support/pictures.ts';
import { inFolder } from '../support/folder.ts';

const problemOf = (work: Promise<unknown>) =>
  work.then(
    () => 'no problem',
    (error: unknown) => {
      expect(error).toBeInstanceOf(Problem);
      const { code, message } = error as Problem;
      return [code, message];
    },
  );

test('a picture is converted from bytes, a path, a URL, a Blob and a stream', () =>
  inFolder(async (dir) => {
    const picture = await png(60, 40);
    const file = join(dir, 'a.png');
    await writeFile(file, picture);
    const bytes = new Uint8Array(picture);
    const inputs: readonly Input[] = [
      ...[picture, bytes, bytes.buffer, file, pathToFileURL(file), new Blob([bytes]), createReadStream(file)],
    ];
    for (const input of inputs) {
      const { data, info } = await convert(input, { width: 30, format: 'webp' });
      expect(await look(data)).toMatchObject({ format: 'webp', width: 30, height: 20 });
      expect(info).toMatchObject({ format: 'webp', extension: 'webp', width: 30, bytes: data.length });
      expect(info.input).toEqual({ format: 'png', width: 60, height: 40, pages: 1 });
    }
  }));

test.each<[ConvertOptions, object]>([
  [{}, { format: 'png', width: 60, height: 40 }],
  [{ format: 'JPG' }, { format: 'jpeg', width: 60 }],
  [
    { operation: 'crop', width: 10, height: 20 },
    { format: 'png', width: 10, height: 20 },
  ],
  [
    { steps: [{ operation: 'crop', width: 10, height: 20 }, { operation: 'flip' }], format: 'webp' },
    { width: 10 },
  ],
  [{ format: 'auto', accept: 'image/webp' }, { format: 'webp' }],
  [{ operation: 'autorotate', format: 'gif' }, { format: 'gif' }],
])('%j makes what it says', async (options, expected) => {
  const { data } = await convert(await png(60, 40), options);
  expect(await look(data)).toMatchObject(expected);
});

test('inspect gives the size as the picture is shown', async () => {
  const sideways = await sharp(await png(60, 40))
    .withMetadata({ orientation: 6 })
    .jpeg()
    .toBuffer();
  expect(await inspect(sideways)).toMatchObject({
    ...{ format: 'jpeg', mime: 'image/jpeg', width: 40, height: 60, orientation: 6, pages: 1, alpha: false },
    bytes: sideways.length,
  });
});

test.each<[ConvertOptions, string, string]>([
  [{ widht: 3 } as object, 'invalid_param', 'widht: no such parameter of convert; did you mean width?'],
  [{ width: 1.5 }, 'invalid_param', 'width: expected a whole number'],
  [{ width: {} } as object, 'invalid_param', 'width: expected text, a number or true or false, got object'],
  [{ operation: 'cropp' }, 'invalid_param', 'did you mean crop?'],
  [{ format: 'docx' }, 'unsupported_output', 'format: expected one of'],
  [{ steps: [] }, 'missing_param', 'steps: expected a list'],
  [{ steps: [{ operation: 'flip' }], width: 3 }, 'invalid_param', 'width: expected it in one of the steps'],
  [{ steps: [{ width: 3 }] } as never, 'invalid_param', 'operation: expected text, got undefined'],
  [{ steps: [null] } as never, 'invalid_param', 'steps: expected objects with an operation, got null'],
  [{ format: 5 } as never, 'invalid_param', 'format: expected text, got number'],
  [{ format: 'auto', accept: 5 } as never, 'invalid_param', 'accept: expected text, got number'],
  [null as never, 'invalid_param', 'options: expected an object, got null'],
  ['webp' as never, 'invalid_param', 'options: expected an object, got webp'],
  [{ preset: 'thumb' }, 'invalid_param', 'preset: expected'],
  [{ operation: 'watermarkimage', image: '/etc/passwd' }, 'unprocessable', 'expected the option loadImage'],
])('%j is refused as a Problem', async (options, code, message) => {
  expect(await problemOf(convert(await png(60, 40), options))).toEqual([
    code,
    expect.stringContaining(message),
  ]);
});

test.each<[unknown, string]>([
  [Buffer.from('text'), 'unsupported_input'],
  [Buffer.alloc(0), 'missing_image'],
  ['/no/such/file.png', 'not_found'],
  [42, 'invalid_param'],
  [undefined, 'invalid_param'],
])('the input %j is refused as a Problem', async (input, code) => {
  expect(await problemOf(convert(input as Input))).toEqual([code, expect.any(String)]);
  expect(await problemOf(inspect(input as Input))).toEqual([code, expect.any(String)]);
});

async function* cut(): AsyncGenerator<Uint8Array> {
  yield new Uint8Array(3);
  throw new Error('the line was cut');
}

test.each<[string, () => unknown, unknown]>([
  ['a URL of https', () => 'https://example.org/cat.jpg', expect.stringContaining('https: fetch it first')],
  ['a URL of http', () => new URL('http://example.org/'), expect.stringContaining('http: fetch it first')],
  ['a data URI', () => `data:image/png;base64,${'A'.repeat(9999)}`, expect.stringMatching(/^.{1,90}$/)],
  ['a stream of no file', () => createReadStream('/no/such/file.png'), expect.stringContaining('ENOENT')],
  ['a stream that is cut', () => Readable.from(cut()), 'image: the line was cut'],
])('%s says why it cannot be read', async (_what, input, message) => {
  expect(await problemOf(convert(input() as Input))).toEqual([
    expect.stringMatching(/^(invalid_param|not_found)$/),
    message,
  ]);
});

test('limits hold by default, and a converter has its own', async () => {
  const small = createConverter({ limits: { maxInputMegapixels: 0.001 }, maxInputBytes: 1_000_000 });
  expect(await problemOf(small.convert(await png(60, 40)))).toEqual(['too_many_pixels', expect.any(String)]);
  const tiny = createConverter({ maxInputBytes: 10 });
  for (const input of [await png(), new Blob([new Uint8Array(11)]), createReadStream('logo.png'), 'logo.png'])
    expect(await problemOf(tiny.convert(input))).toEqual(['too_large', expect.any(String)]);
});

test.each([
  [null, 'options: expected an object, got null'],
  [{ limits: null }, 'limits: expected an object, got null'],
  [{ limit: {} }, 'limit: no such option; did you mean limits?'],
  [{ limits: { maxPixels: 1 } }, 'maxPixels: no such setting'],
  [{ limits: { maxFrames: 'x' } }, 'maxFrames: expected a whole number'],
  [{ concurrency: 0 }, 'concurrency: expected a whole number of at least 1, got 0'],
  [{ door: 'front' }, 'door: expected one of onthefly, inline, batch, got front'],
  [{ presets: { 'bad name': {} } }, 'bad name'],
])('a converter with %j is refused', (options, message) => {
  expect(() => createConverter(options as object)).toThrow(message);
});

test('presets of a converter are made by name, and parameters beside one win', async () => {
  const presets = { thumb: { operation: 'crop', params: { width: 10, height: 20, type: 'webp' } } };
  const converter = createConverter({ presets });
  const made = async (options: ConvertOptions) =>
    look((await converter.convert(await png(60, 40), options)).data);
  expect(await made({ preset: 'thumb' })).toMatchObject({ format: 'webp', width: 10, height: 20 });
  expect(await made({ preset: 'thumb', width: 8, format: 'png' })).toMatchObject({ format: 'png', width: 8 });
});

test('a converter loads the picture of a watermark only as the program says', async () => {
  const asked: string[] = [];
  const converter = createConverter({
    loadImage: async (image) => {
      asked.push(image);
      return await png(5, 5, 255);
    },
  });
  const { data } = await converter.convert(await png(60, 40, 0), {
    operation: 'watermarkimage',
    image: 'logo',
  });
  expect(asked).toEqual(['logo']);
  expect((await look(data)).red).toBeGreaterThan(0);
});

test('codecs start again after close', async () => {
  const drawing = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="30" height="20"/>');
  for (let round = 0; round < 2; round += 1) {
    expect((await convert(drawing, { format: 'png' })).info).toMatchObject({ width: 30, height: 20 });
    await close();
  }
});

test('a signal ends the wait for a turn, with its own reason', async () => {
  const converter = createConverter({ concurrency: 1 });
  const slow = new PassThrough();
  const first = converter.convert(slow, { format: 'webp' });
  const second = converter.convert(await png(), { signal: AbortSignal.timeout(0) });
  await expect(second).rejects.toMatchObject({ name: 'TimeoutError' });
  await expect(converter.convert(await png(), { signal: AbortSignal.abort() })).rejects.toMatchObject({
    name: 'AbortError',
  });
  slow.end(await png());
  expect((await first).info.format).toBe('webp');
});

test('every format says what it can do here', () => {
  const png = formats.find(({ name }) => name === 'png');
  expect(png).toMatchObject({ reads: true, writes: true, mime: 'image/png', missing: [] });
});

test('every operation can be called with the parameters that it takes', async () => {
  for (const { name, fields } of operations) {
    const unknown = Object.keys(params).find((one) => !fields.includes(one as never) && one !== 'type');
    const options = { operation: name, ...(unknown ? { [unknown]: 1 } : {}) };
    if (unknown)
      expect(await problemOf(convert(await png(), options))).toEqual([
        'invalid_param',
        expect.stringContaining(`${unknown}: no such parameter of ${name}`),
      ]);
  }
});
