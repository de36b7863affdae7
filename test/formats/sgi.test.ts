import { afterAll, expect, test } from '@jest/globals';
import { isolated } from './support/conversions.ts';
import { drawn, largestDifference, pixelsOf } from './support/pixels.ts';

afterAll(async () => await isolated.close());

const [width, height] = [6, 5];
const value = (x: number, y: number, channel: number): number => (x * 40 + y * 9 + channel * 7) % 256;

type Channels = 1 | 2 | 3 | 4;

/** Rows as literal packets, with tables of where they begin and how long they are. */
function packed(rows: readonly Buffer[], bytes: 1 | 2): readonly Buffer[] {
  const count = (number: number): number[] => (bytes === 1 ? [number] : [0, number]);
  const packets = rows.map((row) =>
    Buffer.concat([Buffer.from(count(0x80 | width)), row, Buffer.from(count(0))]),
  );
  const table = Buffer.alloc(rows.length * 8);
  let at = 512 + table.length;
  for (const [index, { length }] of packets.entries()) {
    table.writeUInt32BE(at, index * 4);
    table.writeUInt32BE(length, (rows.length + index) * 4);
    at += length;
  }
  return [table, ...packets];
}

/** SGI: the channels one after the other, each from the bottom row, of one or two bytes a sample. */
function sgi(bytes: 1 | 2, channels: Channels, isPacked: boolean): Buffer {
  const head = Buffer.alloc(512);
  head.set([0x01, 0xda, isPacked ? 1 : 0, bytes], 0);
  for (const [index, number] of [channels === 1 ? 2 : 3, width, height, channels].entries())
    head.writeUInt16BE(number, 4 + index * 2);
  head.writeUInt32BE(bytes === 1 ? 255 : 65_535, 16);
  const rows = Array.from({ length: channels * height }, (_, index) => {
    const [channel, y] = [Math.floor(index / height), height - 1 - (index % height)];
    const row = Buffer.alloc(width * bytes);
    for (let x = 0; x < width; x += 1)
      row.writeUIntBE(value(x, y, channel) * (bytes === 1 ? 1 : 257), x * bytes, bytes);
    return row;
  });
  return Buffer.concat([head, ...(isPacked ? packed(rows, bytes) : rows)]);
}

const kinds = ([1, 2] as const).flatMap((bytes) =>
  ([1, 2, 3, 4] as const).flatMap((channels) =>
    [false, true].map((isPacked) => [bytes, channels, isPacked ? 'packed' : 'raw'] as const),
  ),
);

test.each(kinds)(
  'an SGI picture of %i bytes a sample and %i channels, %s, is read',
  async (bytes, channels, how) => {
    const wanted = drawn(width, height, (x, y) => {
      const of = (channel: number): number => value(x, y, channels < 3 ? 0 : channel);
      const alpha = channels % 2 === 0 ? value(x, y, channels - 1) : 255;
      return [of(0), of(1), of(2), alpha];
    });
    const seen = await pixelsOf(sgi(bytes, channels, how === 'packed'));
    expect(largestDifference(seen, wanted)).toBeLessThanOrEqual(1);
  },
);
