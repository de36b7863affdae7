import { Readable } from 'node:stream';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { collect } from '../../common/streams/collect.ts';
import { growingBuffer } from '../../common/streams/growing_buffer.ts';
import { codingsIn, collectUnpacked, unpack } from '../../common/streams/unpack.ts';

const tooLarge = (): Error => new Error('too large');
const text = Buffer.from('a picture, '.repeat(20_000));

const packings = [
  ['gzip', gzipSync(text)],
  ['GZIP', gzipSync(text)],
  ['x-gzip', gzipSync(text)],
  ['X-GZip', gzipSync(text)],
  ['deflate', deflateSync(text)],
  ['deflate', deflateRawSync(text)],
  ['br', brotliCompressSync(text)],
  ['gzip, br', brotliCompressSync(gzipSync(text))],
  ['identity', text],
  ['aws-chunked', text],
  ['aws-chunked, gzip', gzipSync(text)],
  ['', text],
] as const;

describe('unpacking', () => {
  test.each(packings)('undoes Content-Encoding: %s', async (header, packed) => {
    const options = { codings: codingsIn(header), maxBytes: text.length, tooLarge };
    expect((await unpack(packed, options)).equals(text)).toBe(true);
  });

  test('a header with more than three codings is refused', () => {
    expect(() => codingsIn('gzip, gzip, gzip, gzip')).toThrow('expected at most 3');
  });

  const zeros = Buffer.alloc(20_000_000);
  const bombs = [
    ['gzip', gzipSync(zeros)],
    ['deflate', deflateSync(zeros)],
    ['deflate', deflateRawSync(zeros)],
    ['br', brotliCompressSync(zeros)],
    ['gzip, gzip', gzipSync(gzipSync(zeros))],
  ] as const;

  test.each(bombs)('%s ends at the limit, with little more than it reserved', async (header, packed) => {
    let reserved = 0;
    const options = {
      codings: codingsIn(header),
      maxBytes: 1_000_000,
      tooLarge,
      reserve: (bytes: number) => {
        reserved += bytes;
      },
    };
    await expect(unpack(packed, options)).rejects.toThrow('too large');
    expect(reserved).toBeLessThanOrEqual(2_000_000);
  });

  test.each(bombs)('%s ends as soon as no memory can be reserved', async (header, packed) => {
    let calls = 0;
    const reserve = (): void => {
      calls += 1;
      if (calls === 3) throw new Error('no memory');
    };
    const options = { codings: codingsIn(header), maxBytes: 1e9, tooLarge, reserve };
    await expect(unpack(packed, options)).rejects.toThrow('no memory');
    expect(calls).toBe(3);
  });

  test('the memory of a Brotli window is reserved beside the output', async () => {
    let reserved = 0;
    const reserve = (bytes: number): void => {
      reserved += bytes;
    };
    await unpack(brotliCompressSync(text), { codings: ['br'], maxBytes: 1e9, tooLarge, reserve });
    expect(reserved).toBe(2 * text.length);
  });

  test.each(bombs)('%s ends with its signal', async (header, packed) => {
    const controller = new AbortController();
    const reserve = (): void => controller.abort();
    const options = {
      codings: codingsIn(header),
      maxBytes: 1e9,
      tooLarge,
      reserve,
      signal: controller.signal,
    };
    await expect(unpack(packed, options)).rejects.toThrow('aborted');
  });

  test('a stream is collected and unpacked, both counted', async () => {
    let reserved = 0;
    const reserve = (bytes: number): void => {
      reserved += bytes;
    };
    const packed = gzipSync(text);
    const stream = Readable.from(Array.from(packed, (byte) => Buffer.of(byte)));
    const options = { codings: ['gzip'], maxBytes: text.length, tooLarge, reserve, expected: packed.length };
    expect((await collectUnpacked(stream, options)).equals(text)).toBe(true);
    expect(reserved).toBe(packed.length + text.length);
  });

  test('invalid and cut data is an error of zlib', async () => {
    const options = { codings: ['gzip'], maxBytes: 1e9, tooLarge };
    await expect(unpack(Buffer.from('no gzip at all'), options)).rejects.toMatchObject({
      code: 'Z_DATA_ERROR',
    });
    await expect(unpack(gzipSync(text).subarray(0, 100), options)).rejects.toMatchObject({
      code: 'Z_BUF_ERROR',
    });
  });
});

describe('collecting', () => {
  const pieces = (sizes: readonly number[]) =>
    Readable.from(sizes.map((size, at) => Buffer.alloc(size, at + 1)));

  const streams: readonly (readonly [expected: number | undefined, sizes: readonly number[]])[] = [
    [undefined, []],
    [0, [1]],
    [10, [10]],
    [10, [3, 3, 4]],
    [10, [20]],
    [3_000_000, [1_000_000, 1_500_000, 500_000]],
    [undefined, Array.from({ length: 300 }, () => 10_000)],
    [50_000_000, [7]],
  ];
  test.each(streams)('collects a stream of %p announced bytes in any chunks', async (expected, sizes) => {
    const options = { maxBytes: 60_000_000, tooLarge, ...(expected === undefined ? {} : { expected }) };
    const data = await collect(pieces(sizes), options);
    expect(data.equals(Buffer.concat(sizes.map((size, at) => Buffer.alloc(size, at + 1))))).toBe(true);
  });

  test.each([0, 1])('a stream of %i bytes over the limit is refused', async (over) => {
    const collected = collect(pieces([500, 500 + over]), { maxBytes: 1000, tooLarge });
    if (over === 0) expect((await collected).length).toBe(1000);
    else await expect(collected).rejects.toThrow('too large');
  });

  test('every buffer but the last goes back to the pool at once, and the last when it is released', () => {
    const out = new Set<Buffer>();
    const pool = {
      take: (size: number) => {
        const buffer = Buffer.alloc(size);
        out.add(buffer);
        return buffer;
      },
      give: (buffer: Buffer) => void out.delete(buffer),
    };
    const whole = growingBuffer({ maxBytes: 10_000_000, pool });
    for (const size of [100_000, 3_000_000, 2_000_000]) whole.add(Buffer.alloc(size));
    const { data, release } = whole.end();
    expect([...out].map(({ buffer }) => buffer)).toEqual([data.buffer]);
    release();
    expect(out.size).toBe(0);
  });
});
