import { Readable } from 'node:stream';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type BufferPool, growingBuffer } from '../../common/streams/growing_buffer.ts';
import { createBufferPool, readPooled } from '../../convert_stream/upload/buffer_pool.ts';

test('bodies that share memory in turn stay intact, for any announced length', async () => {
  const pool = createBufferPool({ most: 2, maxBytes: 1024 * 1024 });
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
          const kept = await readPooled(Readable.from(sent), announced, pool);
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

test('memory that is released twice is given to one body only', async () => {
  const pool = createBufferPool({ most: 4, maxBytes: 1024 * 1024 });
  const first = await readPooled(Readable.from([Buffer.from('a')]), 10, pool);
  first.release();
  first.release();
  const second = await readPooled(Readable.from([Buffer.from('b')]), 10, pool);
  const third = await readPooled(Readable.from([Buffer.from('c')]), 10, pool);
  expect([String(second.data), String(third.data)]).toEqual(['b', 'c']);
});

/** A pool that keeps no buffers, and the sizes that were taken from it. */
function countedPool(): { readonly taken: number[]; readonly pool: BufferPool } {
  const taken: number[] = [];
  const pool = createBufferPool({ most: 0, maxBytes: 0 });
  const take = (bytes: number): Buffer => {
    taken.push(bytes);
    return pool.take(bytes);
  };
  return { taken, pool: { ...pool, take } };
}

test.each([
  ['unknown', 0],
  ['announced', 30 * 1024 * 1024],
  ['announced too small', 1024 * 1024],
])(
  'a body whose length is %s takes at most twice its size in new memory, for any chunks',
  async (_what, announced) => {
    const { taken, pool } = countedPool();
    const piece = Buffer.alloc(60_000);
    await readPooled(Readable.from(Array.from({ length: 500 }, () => piece)), announced, pool);
    expect(taken.reduce((sum, bytes) => sum + bytes, 0)).toBeLessThan(2 * 30 * 1024 * 1024);
  },
);

test('announced bytes take no memory before they arrive', () => {
  const { taken, pool } = countedPool();
  const body = growingBuffer({ expected: 60_000_000, pool });
  expect(taken).toEqual([]);
  body.add(Buffer.from('a'));
  expect(taken).toEqual([1024 * 1024]);
});
