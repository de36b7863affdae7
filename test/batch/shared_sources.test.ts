import { expect, test } from '@jest/globals';
import { Problem } from '../../common/problem.ts';
import { createSharedSources } from '../../convert_batch/run/shared_sources.ts';

const origin = { bucket: 'b', name: 'a.png', generation: '1' };

/** A store that counts its readings; those that `failures` counts fail. */
function sharedBy({ failures = 0, bytes = 10, most = 2 } = {}) {
  const readings: string[] = [];
  let left = failures;
  const read = async ({ name, generation }: { name: string; generation?: string }): Promise<Buffer> => {
    readings.push(`${name}#${generation}`);
    left -= 1;
    if (left >= 0) throw new Problem('storage_unavailable', 'down');
    return Buffer.alloc(bytes);
  };
  const freed: number[] = [];
  const free = (data: Buffer) => void freed.push(data.length);
  const options = { maxBytes: 100, most, maxKeptBytes: 50, keepMs: 60_000, free };
  return { readings, freed, readSource: createSharedSources({ ...options, store: { read } }) };
}

test('all outputs of an upload share one reading of its source, at once or one after the other', async () => {
  const { readings, readSource } = sharedBy();
  const [one, two] = await Promise.all([readSource(origin), readSource(origin)]);
  expect(two.data).toBe(one.data);
  expect((await readSource(origin)).data).toBe(one.data);
  expect(readings).toEqual(['a.png#1']);
});

test('another generation is another source', async () => {
  const { readings, readSource } = sharedBy();
  await readSource(origin);
  await readSource({ ...origin, generation: '2' });
  expect(readings).toEqual(['a.png#1', 'a.png#2']);
});

test('a reading that failed is not shared with the next attempt', async () => {
  const { readings, readSource } = sharedBy({ failures: 1 });
  await expect(readSource(origin)).rejects.toThrow('down');
  expect((await readSource(origin)).data).toHaveLength(10);
  expect(readings).toHaveLength(2);
});

test('large sources are not kept, and few of the others', async () => {
  const large = sharedBy({ bytes: 60 });
  await large.readSource(origin);
  await large.readSource(origin);
  expect(large.readings).toHaveLength(2);
  const few = sharedBy({ most: 2 });
  for (const name of ['a', 'b', 'c', 'a']) await few.readSource({ ...origin, name });
  expect(few.readings).toEqual(['a#1', 'b#1', 'c#1', 'a#1']);
});

test('a source is freed when it is not kept any more and all its readers have released it', async () => {
  const { freed, readSource } = sharedBy({ most: 1 });
  const [one, two] = [await readSource(origin), await readSource(origin)];
  one.release();
  await readSource({ ...origin, name: 'b.png' });
  await new Promise(setImmediate);
  expect(freed).toEqual([]);
  two.release();
  await new Promise(setImmediate);
  expect(freed).toEqual([10]);
});

test('a source that is still kept is not freed', async () => {
  const { freed, readSource } = sharedBy();
  (await readSource(origin)).release();
  await new Promise(setImmediate);
  expect(freed).toEqual([]);
});
