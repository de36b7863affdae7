import { crc32, deflateSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import { post, startServer } from '../onthefly/setup.ts';

const u32 = (...numbers: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(4 * numbers.length);
  for (const [at, number] of numbers.entries()) bytes.writeUInt32BE(number, 4 * at);
  return bytes;
};
function chunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  return Buffer.concat([u32(data.length), named, u32(crc32(named))]);
}
const pixels = (bytes: number): Buffer => deflateSync(Buffer.alloc(bytes));

/** An animation with frames of this side; every pixel is `data`. */
function apng(frames: number, side: number, data: Buffer, more: readonly Buffer[] = []): Buffer {
  const control = (at: number) =>
    chunk('fcTL', Buffer.concat([u32(2 * at, side, side, 0, 0), Buffer.from([0, 1, 0, 1, 0, 0])]));
  const frame = (at: number) =>
    at === 0 ? chunk('IDAT', data) : chunk('fdAT', Buffer.concat([u32(2 * at - 1), data]));
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', Buffer.concat([u32(side, side), Buffer.from([8, 2, 0, 0, 0])])),
    ...more,
    chunk('acTL', u32(frames, 0)),
    ...Array.from({ length: frames }, (_, at) => [control(at), frame(at)]).flat(),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

const rows = [
  [
    'whose frames share a large chunk',
    apng(20_000, 1, pixels(4), [chunk('sBIT', Buffer.alloc(300_000))]),
    200,
  ],
  ['of more chunks than any has', apng(60_000, 1, pixels(4)), 400],
  ['whose frames miss most of their pixels', apng(3, 2_000, pixels(50)), 400],
] as const;

test.each(rows)('an APNG %s is converted with a note, or refused', async (_title, body, status) => {
  const { url } = await startServer();
  expect((await post(url, '/info', body)).status).toBe(status);
});
