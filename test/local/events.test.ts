import { type Bucket, Storage } from '@google-cloud/storage';
import { expect, test } from '@jest/globals';
import { HTTP } from 'cloudevents';
import { type EventsOptions, startEvents } from '../../local/events/start.ts';
import { type LocalStorage, startStorage } from '../../local/storage/server.ts';
import { inFolder } from '../support/folder.ts';
import { until } from '../support/until.ts';
import { type Seen, startTarget } from './support/target.ts';

const source = 'imagetx-src';

type Rig = {
  readonly dir: string;
  readonly storage: LocalStorage;
  readonly events: Awaited<ReturnType<typeof startEvents>>;
  readonly bucket: (name?: string) => Bucket;
  readonly seen: readonly Seen[];
};
type Settings = Partial<EventsOptions> & { readonly answer?: Parameters<typeof startTarget>[0] };

async function withEvents({ answer, ...settings }: Settings, work: (rig: Rig) => Promise<void>) {
  await inFolder(async (dir) => {
    const target = await startTarget(answer);
    const storage = await startStorage({ dir: `${dir}/storage`, port: 0, buckets: [source, 'other'] });
    const events = await startEvents({
      dir,
      storage,
      buckets: [source],
      target: target.url,
      backoff: { minBackoffMs: 1, maxBackoffMs: 4 },
      ...settings,
    });
    const client = new Storage({ apiEndpoint: storage.url, projectId: 'local-dev' });
    const bucket = (name = source) => client.bucket(name);
    await work({ dir, storage, events, bucket, seen: target.seen });
    await events.close();
    await storage.close();
    await target.close();
  });
}

const put = (bucket: Bucket, name: string, metadata = {}) =>
  bucket.file(name).save('picture', { resumable: false, contentType: 'image/png', metadata: { metadata } });
const subjects = (seen: readonly Seen[]) => seen.map(({ headers }) => String(headers['ce-subject']));

test('an upload makes one CloudEvent in binary mode with the object in it', () =>
  withEvents({ token: async () => 'minted' }, async ({ bucket, events, seen }) => {
    await put(bucket(), 'a b/é.png', { name: '1', formats: 'svg,jpg' });
    await events.idle();
    expect(seen).toHaveLength(1);
    const [{ path, method, headers, body }] = seen as [Seen];
    expect({ method, path }).toEqual({ method: 'POST', path: '/?__GCP_CloudEventsMode=GCS_NOTIFICATION' });
    expect(headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'ce-id': expect.stringMatching(/^\d{16}$/),
      'ce-specversion': '1.0',
      'ce-type': 'google.cloud.storage.object.v1.finalized',
      'ce-source': `//storage.googleapis.com/projects/_/buckets/${source}`,
      'ce-subject': 'objects/a%20b/%C3%A9.png',
      'ce-bucket': source,
      'ce-time': expect.stringMatching(/^\d{4}-.*Z$/),
      authorization: 'Bearer minted',
    });
    const [object] = await bucket().file('a b/é.png').getMetadata();
    expect(JSON.parse(body)).toMatchObject({
      kind: 'storage#object',
      name: 'a b/é.png',
      bucket: source,
      generation: String(object.generation),
      size: '7',
      metadata: { name: '1', formats: 'svg,jpg' },
    });
    const event = HTTP.toEvent({ headers: headers as Record<string, string>, body });
    expect(event).toMatchObject({ type: 'google.cloud.storage.object.v1.finalized' });
  }));

test('objects of other buckets, deletions and metadata changes make no event', () =>
  withEvents({}, async ({ bucket, events, seen }) => {
    await put(bucket('other'), 'elsewhere.png');
    await put(bucket(), 'here.png');
    await bucket()
      .file('here.png')
      .setMetadata({ metadata: { a: '1' } });
    await bucket().file('here.png').delete();
    await events.idle();
    expect(subjects(seen)).toEqual(['objects/here.png']);
  }));

test('an event that is refused or cut off is delivered again until it is accepted', () => {
  const answer: Settings['answer'] = (_, res, nth) => {
    if (nth === 1) return res.destroy();
    res.writeHead([500, 429, 204][nth - 2] ?? 500).end();
  };
  return withEvents({ answer }, async ({ bucket, events, seen }) => {
    await put(bucket(), 'again.png');
    await events.idle();
    expect(seen).toHaveLength(4);
    expect(new Set(seen.map(({ headers }) => headers['ce-id'])).size).toBe(1);
    expect(events.stats()).toEqual({ events: 1, delivered: 1, again: 3, dropped: 0 });
  });
});

test('duplicates are copies of one event with the same id and generation, as many as configured', () =>
  withEvents({ switches: { copies: [3, 3] } }, async ({ bucket, events, seen }) => {
    await put(bucket(), 'a.png');
    await put(bucket(), 'b.png');
    await events.idle();
    expect(seen).toHaveLength(6);
    expect(new Set(seen.map(({ headers, body }) => `${headers['ce-id']} ${body}`)).size).toBe(2);
  }));

test('shuffled events arrive in another order, and the same one for the same seed', async () => {
  const names = Array.from({ length: 12 }, (_, i) => `${i}.png`);
  const orders: string[][] = [];
  for (const seed of [7, 7, 8]) {
    const all = Promise.withResolvers<void>();
    // The first delivery holds the only slot until all the others are due.
    const answer = async (_: Seen, res: { end: () => unknown }) => {
      await all.promise;
      res.end();
    };
    const settings = { seed, answer, maxInFlight: 1, switches: { isShuffled: true } };
    await withEvents(settings, async ({ bucket, events, seen }) => {
      for (const name of names) await put(bucket(), name);
      all.resolve();
      await events.idle();
      orders.push(subjects(seen));
    });
  }
  const inOrder = names.map((name) => `objects/${name}`);
  expect(orders[0]?.toSorted()).toEqual(inOrder.toSorted());
  expect(orders[0]).not.toEqual(inOrder);
  expect(orders[1]).toEqual(orders[0]);
  expect(orders[2]).not.toEqual(orders[0]);
});

test('a lost request never reaches the function, a lost answer brings the event again', () =>
  withEvents({ switches: { lostRequests: 1 } }, async ({ bucket, events, seen }) => {
    await put(bucket(), 'a.png');
    await until(() => events.stats().again >= 3);
    expect(seen).toHaveLength(0);
    Object.assign(events.switches, { lostRequests: 0, lostAnswers: 1 });
    await put(bucket(), 'b.png');
    await until(() => seen.length > 4);
    Object.assign(events.switches, { lostAnswers: 0 });
    await events.idle();
    expect(events.stats()).toMatchObject({ events: 2, delivered: 2 });
    expect(new Set(subjects(seen))).toEqual(new Set(['objects/a.png', 'objects/b.png']));
  }));

test('an undelivered event survives a restart', () =>
  withEvents({ answer: (_, res) => res.writeHead(503).end() }, async ({ dir, bucket, events }) => {
    await put(bucket(), 'kept.png');
    await events.close();
    const target = await startTarget();
    const none = { onFinalize: async () => () => {} };
    const again = await startEvents({ dir, storage: none, buckets: [source], target: target.url });
    await again.idle();
    expect(subjects(target.seen)).toEqual(['objects/kept.png']);
    await again.close();
    await target.close();
  }));
