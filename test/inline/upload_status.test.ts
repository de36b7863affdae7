import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createObjectStore, type ObjectStore } from '../../cloud/storage.ts';
import { failureName } from '../../convert_batch/record.ts';
import { readStatus, type UploadStatus } from '../../convert_stream/direct/status.ts';
import { createWatches } from '../../convert_stream/direct/watch.ts';
import { testStorage } from '../support/storage.ts';

const buckets = { source: 'sources', records: 'records', destination: 'outputs' };
const source = { bucket: buckets.source, name: `uploads/${'5f'.repeat(16)}/beach` };
const sourceMetadata = {
  'source-bucket': source.bucket,
  'source-name': source.name,
  'source-generation': '1',
};

let storage: Awaited<ReturnType<typeof testStorage>>;
let store: ObjectStore;
beforeAll(async () => {
  storage = await testStorage(buckets.destination);
  await storage.client.createBucket(buckets.records);
  store = createObjectStore({ projectId: 'local-dev', endpoint: storage.server.url });
});
afterAll(() => storage.close());

/** The store, and how many calls it got. */
function countCalls(of: ObjectStore) {
  const counts = { stat: 0, read: 0, list: 0 };
  const counting: ObjectStore = {
    ...of,
    stat: (ref) => {
      counts.stat += 1;
      return of.stat(ref);
    },
    read: (ref, options) => {
      counts.read += 1;
      return of.read(ref, options);
    },
    list: (...place) => {
      counts.list += 1;
      return of.list(...place);
    },
  };
  return { counting, counts };
}

const json = { contentType: 'application/json', ifGeneration: '0', metadata: sourceMetadata };

async function writeOutput(name: string): Promise<void> {
  const metadata = { ...sourceMetadata, width: '64', height: '48' };
  const object = { bucket: buckets.destination, name, data: Buffer.from('x'), contentType: 'image/webp' };
  await store.write({ ...object, metadata, ifGeneration: '0' });
}

async function writeFailure(output: string): Promise<void> {
  const data = Buffer.from(JSON.stringify({ output, code: 'corrupt_image', reason: `no ${output}` }));
  await store.write({ bucket: buckets.records, name: failureName(output), data, ...json });
}

const record = (outputs: readonly string[]) => ({
  source,
  outputs,
  bytes: 1,
  type: 'image/png',
  started: '2026-11-29T00:00:00.000Z',
});

const statusOf = (outputs: readonly string[], with_: ObjectStore, before?: UploadStatus) =>
  readStatus(record(outputs), before, { store: with_, buckets, urlOf: (name) => `https://cdn/${name}` });

test('an upload of a hundred outputs is looked up in a few calls', async () => {
  const prefix = 'made/';
  const names = Array.from({ length: 98 }, (_, at) => `${prefix}${source.name}-${at}w.webp`);
  // So long that the record's name is a hash.
  const long = `${prefix}${source.name}${'x'.repeat(960)}.webp`;
  const outputs = [...names, long, `${prefix}${source.name}.jpg`];
  await Promise.all([writeOutput(names[3] ?? ''), writeFailure(names[5] ?? ''), writeFailure(long)]);
  const { counting, counts } = countCalls(store);
  const status = await statusOf(outputs, counting);
  expect(status.state).toBe('waiting');
  expect(status.outputs.filter(({ state }) => state !== 'waiting')).toMatchObject([
    { name: names[3], state: 'done', bytes: 1, type: 'image/webp', width: 64, height: 48 },
    { name: names[5], state: 'failed', code: 'corrupt_image', reason: `no ${names[5]}` },
    { name: long, state: 'failed', reason: `no ${long}` },
  ]);
  expect(counts.list).toBe(2);
  expect(counts.stat + counts.read).toBeLessThan(8);
});

test('outputs with given names are looked up one by one, and settled ones not again', async () => {
  const outputs = Array.from({ length: 12 }, (_, at) => `avatars/${at}.webp`);
  await writeOutput('avatars/0.webp');
  const { counting, counts } = countCalls(store);
  const status = await statusOf(outputs, counting);
  expect(status.outputs.map(({ state }) => state)).toEqual(['done', ...Array(11).fill('waiting')]);
  expect(counts.list).toBe(0);
  const asked = counts.stat;
  await statusOf(outputs, counting, status);
  expect(counts.stat - asked).toBe(asked - 1);
});

test('clients that come at the same time share one look at storage', async () => {
  let looks = 0;
  const gate = Promise.withResolvers<void>();
  const waiting: UploadStatus = { source: source.name, state: 'waiting', outputs: [] };
  const watches = createWatches({
    maxWaiters: 1000,
    read: async () => {
      looks += 1;
      await gate.promise;
      return waiting;
    },
  });
  const leave = new AbortController();
  const followers = Array.from({ length: 300 }, () => watches.follow('id', leave.signal));
  const firsts = followers.map((follower) => follower.next());
  const reads = Array.from({ length: 300 }, () => watches.read('id'));
  gate.resolve();
  expect(new Set(await Promise.all(reads))).toEqual(new Set([waiting]));
  expect((await Promise.all(firsts)).every(({ value }) => value === waiting)).toBe(true);
  leave.abort();
  await Promise.all(followers.map((follower) => follower.return(undefined)));
  expect(looks).toBe(1);
});

test('clients that wait for many uploads do not hold up one that asks', async () => {
  const gate = Promise.withResolvers<void>();
  const polled = Promise.withResolvers<void>();
  const waiting: UploadStatus = { source: source.name, state: 'waiting', outputs: [] };
  let polls = 0;
  const watches = createWatches({
    maxWaiters: 1000,
    pauses: { firstMs: 1, longestMs: 1, growth: 1 },
    read: async (_id, before) => {
      if (before === undefined) return waiting;
      polls += 1;
      if (polls === 16) polled.resolve();
      await gate.promise;
      return waiting;
    },
  });
  const leave = new AbortController();
  const followers = Array.from({ length: 40 }, (_, at) => watches.follow(`id${at}`, leave.signal));
  await Promise.all(followers.map((follower) => follower.next()));
  await polled.promise;
  expect(await watches.read('another')).toBe(waiting);
  leave.abort();
  gate.resolve();
  await Promise.all(followers.map((follower) => follower.return(undefined)));
});
