import { Readable } from 'node:stream';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createBuffers } from '../../convert_stream/buffers.ts';
import { gather } from '../../convert_stream/memory.ts';

test('bodies that share memory in turn are each what was sent, whatever length was announced', async () => {
  const buffers = createBuffers({ most: 2, maxBytes: 1024 * 1024 });
  const body = fc.record({
    pieces: fc.array(fc.uint8Array({ minLength: 1, maxLength: 500 }), { maxLength: 20 }),
    times: fc.constantFrom(1, 1, 1, 300),
    announced: fc.constantFrom(0, 1, 10_000, 4_000_000),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(body, { minLength: 1, maxLength: 6 }), async (bodies) => {
      const gathered = await Promise.all(
        bodies.map(async ({ pieces, times, announced }) => {
          const sent = Array.from({ length: times }, () => pieces.map((piece) => Buffer.from(piece))).flat();
          const kept = await gather(Readable.from(sent), announced, buffers);
          return { kept, whole: Buffer.concat(sent) };
        }),
      );
      for (const { kept, whole } of gathered) {
        expect(kept.data.equals(whole)).toBe(true);
        kept.release();
        kept.release();
      }
    }),
    { numRuns: 50 },
  );
});

test('memory given back twice is lent to one only', async () => {
  const buffers = createBuffers({ most: 4, maxBytes: 1024 * 1024 });
  const first = await gather(Readable.from([Buffer.from('a')]), 10, buffers);
  first.release();
  first.release();
  const second = await gather(Readable.from([Buffer.from('b')]), 10, buffers);
  const third = await gather(Readable.from([Buffer.from('c')]), 10, buffers);
  expect([String(second.data), String(third.data)]).toEqual(['b', 'c']);
});
