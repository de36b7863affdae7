import { expect, test } from '@jest/globals';
import { createCleanCodec } from '../../engine/codec_worker/clean_codec.ts';

interface Codec {
  memory: Uint8Array;
}

const atStart = [7, 0, 9, 0, 0, 0];
let started = 0;
const codec = createCleanCodec({
  start: async (): Promise<Codec> => {
    started += 1;
    return { memory: Uint8Array.from(atStart) };
  },
  memory: ({ memory }) => memory,
});

const jobs: Readonly<Record<string, (codec: Codec) => unknown>> = {
  'writes over all of it': ({ memory }) => memory.fill(0xee),
  'lets it grow': (codec) => {
    codec.memory = new Uint8Array(100).fill(0xee);
  },
  'lets it grow a lot': (codec) => {
    codec.memory = new Uint8Array(300e6).fill(0xee);
  },
  fails: ({ memory }) => {
    memory.fill(0xee);
    throw new Error('failed');
  },
};

test.each(Object.entries(jobs))('memory is as after the start when a job %s', async (_, job) => {
  await codec.use(job).catch(() => undefined);
  const seen = await codec.use(({ memory }) => [...memory.subarray(0, 1000)]);
  expect(seen.slice(0, atStart.length)).toEqual(atStart);
  expect(new Set(seen.slice(atStart.length))).toEqual(new Set(seen.length > atStart.length ? [0] : []));
});

test('an instance is reused after its memory was reset', async () => {
  await codec.use(() => undefined);
  const before = started;
  await codec.use(() => undefined);
  expect(started).toBe(before);
});

test('a job that follows at once waits until the memory is reset', async () => {
  await codec.use(({ memory }) => memory.fill(0xee));
  expect(await codec.use(({ memory }) => [...memory])).toEqual(atStart);
});
