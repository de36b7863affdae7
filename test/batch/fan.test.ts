import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from '@jest/globals';
import { finalizeRequest } from '../../local/events/cloud_event.ts';
import type { ObjectResource } from '../../local/storage/api/resource.ts';
import { clientFor, parent, queue } from '../local/support/queue.ts';
import { png } from './support/pictures.ts';
import { destination, type Rig, records, source, withBatch } from './support/rig.ts';

const resource = (change: ObjectResource = {}): ObjectResource => ({
  kind: 'storage#object',
  id: `${source}/logo.png/17`,
  bucket: source,
  name: 'logo.png',
  generation: '17',
  size: '352',
  updated: '2020-04-23T07:38:57.230Z',
  metadata: { name: '1', formats: 'jpg,webp' },
  ...change,
});

async function post(rig: Rig, headers: Readonly<Record<string, string>>, body: string): Promise<number> {
  const response = await fetch(`${rig.fanUrl}/?__GCP_CloudEventsMode=GCS_NOTIFICATION`, {
    method: 'POST',
    headers,
    body,
  });
  await response.arrayBuffer();
  return response.status;
}

const binary = (rig: Rig, object: ObjectResource, more: Readonly<Record<string, string>> = {}) => {
  const { headers, body } = finalizeRequest(object);
  return post(rig, { ...headers, ...more }, body);
};

const structured = (rig: Rig, object: ObjectResource) => {
  const { headers } = finalizeRequest(object);
  const event = {
    specversion: '1.0',
    id: headers['ce-id'],
    type: headers['ce-type'],
    source: headers['ce-source'],
    datacontenttype: 'application/json',
    data: { ...object, generation: Number(object.generation), size: Number(object.size) },
  };
  return post(rig, { 'content-type': 'application/cloudevents+json' }, JSON.stringify(event));
};

/** Tasks that wait. */
const paused = (rig: Rig) => rig.tasks.pause(queue);

test('a repeated event, in either mode, creates no second task', () =>
  withBatch({}, async (rig) => {
    await paused(rig);
    const answers = [
      await binary(rig, resource()),
      await structured(rig, resource()),
      await binary(rig, resource()),
    ];
    expect(answers).toEqual([204, 204, 204]);
    expect(rig.tasks.stats()).toMatchObject({ created: 2, duplicates: 4 });
  }));

test('another generation creates new tasks', () =>
  withBatch({}, async (rig) => {
    await paused(rig);
    await binary(rig, resource());
    await binary(rig, resource({ generation: '18' }));
    expect(rig.tasks.stats()).toMatchObject({ created: 4, duplicates: 0 });
  }));

const harmless: readonly [what: string, change: ObjectResource, event: string][] = [
  ['a folder', { name: 'a/' }, 'ignored'],
  ['no formats', { metadata: undefined }, 'ignored'],
  ['no generation', { generation: undefined }, 'fan_failed'],
];

test.each(harmless)('an event of an object with %s is acknowledged with a log line', (_, change, event) =>
  withBatch({}, async (rig) => {
    expect(await binary(rig, resource(change))).toBe(204);
    expect(rig.linesOf(event)).toHaveLength(1);
    expect(rig.tasks.stats().created).toBe(0);
  }),
);

test('an event of another type is acknowledged with a log line', () =>
  withBatch({}, async (rig) => {
    const type = 'google.cloud.storage.object.v1.deleted';
    expect(await binary(rig, resource(), { 'ce-type': type })).toBe(204);
    expect(rig.linesOf('fan_failed')).toHaveLength(1);
    expect(rig.tasks.stats().created).toBe(0);
  }));

test('while the queue is not available the event fails; afterwards it creates every task once', () =>
  withBatch({}, async (rig) => {
    const client = clientFor(rig.tasks);
    const name = queue;
    await client.deleteQueue({ name });
    expect(await binary(rig, resource())).toBe(500);
    expect(rig.linesOf('fan_failed')).toMatchObject([{ severity: 'ERROR', code: 'queue_unavailable' }]);
    await client.createQueue({ parent, queue: { name } });
    await client.close();
    expect(await binary(rig, resource())).toBe(204);
    expect(await binary(rig, resource())).toBe(204);
    expect(rig.tasks.stats()).toMatchObject({ created: 2, duplicates: 2 });
  }));

test('tasks carry a trace in both forms, and the event’s own trace if it has one', () =>
  withBatch({}, async (rig) => {
    const client = clientFor(rig.tasks);
    await paused(rig);
    const trace = '0af7651916cd43dd8448eb211c80319c';
    await binary(rig, resource(), { 'ce-traceparent': `00-${trace}-00f067aa0ba902b7-01` });
    await binary(rig, resource({ generation: '18' }));
    const [tasks] = await client.listTasks({ parent: queue, responseView: 'FULL' });
    await client.close();
    const headers = tasks.map(({ httpRequest }) => httpRequest?.headers ?? {});
    expect(headers).toHaveLength(4);
    expect(headers[0]).toMatchObject({
      traceparent: `00-${trace}-00f067aa0ba902b7-01`,
      'X-Cloud-Trace-Context': `${trace}/67667974448284343;o=1`,
    });
    expect(headers[2]?.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    expect(headers[2]?.traceparent).not.toContain(trace);
  }));

test('the trace of an event is on every line of its jobs', () =>
  withBatch({}, async (rig) => {
    const trace = '0af7651916cd43dd8448eb211c80319c';
    await binary(rig, resource(), { 'ce-traceparent': `00-${trace}-00f067aa0ba902b7-01` });
    await rig.settled();
    const named = `projects/local-dev/traces/${trace}`;
    const lines = rig.lines.filter((line) => line['logging.googleapis.com/trace'] === named);
    expect(lines.map(({ event }) => event).toSorted()).toEqual(['dead_letter', 'dead_letter', 'fanned']);
  }));

test('a bad output gets a record and does not affect the others', () =>
  withBatch({}, async (rig) => {
    await rig.upload('logo.png', await png(), { name: '1', formats: 'jpg,nope', sizes: '10,x' });
    await rig.settled();
    expect(await rig.names(destination)).toEqual(['1-10w.jpg']);
    const failed = ['_failed/1-10w.nope.json', '_failed/1-xw.jpg.json', '_failed/1-xw.nope.json'];
    expect(await rig.names('imagetx-records')).toEqual(failed);
    expect(rig.tasks.stats()).toMatchObject({ created: 4, done: 4, again: 0 });
  }));

/** The function as Google runs it, to its end. */
async function run(env: Readonly<Record<string, string>>) {
  const entry = new URL('../../convert_batch/gcf/index.ts', import.meta.url).pathname;
  const library = new URL(
    '../../node_modules/@google-cloud/functions-framework/build/src/main.js',
    import.meta.url,
  );
  const args = [
    library.pathname,
    '--target=Fan',
    '--signature-type=cloudevent',
    `--source=${entry}`,
    '--port=0',
  ];
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      text += chunk;
      if (text.includes('Serving function')) child.kill('SIGKILL');
    });
  }
  const [code] = await once(child, 'close');
  return { code, text };
}

const needed = {
  PROJECT_ID: 'local-dev',
  LOCATION: 'us-central1',
  RUN_URL: 'http://127.0.0.1:1',
  SERVICE_ACCOUNT: 'a@b',
  SRC_BUCKET_NAME: 'one',
  DEST_BUCKET_NAME: 'one',
};

test('the same bucket for both is refused at start, unless outputs have a prefix', async () => {
  expect(await run(needed)).toMatchObject({ code: 2, text: expect.stringContaining('DEST_PREFIX') });
  const { text } = await run({ ...needed, DEST_PREFIX: 'out/' });
  expect(text).toContain('Serving function');
});

test('all missing settings are reported at once', async () => {
  const { code, text } = await run({});
  expect(code).toBe(2);
  for (const name of Object.keys(needed)) expect(text).toContain(`${name}: expected`);
});

test('with one bucket and a prefix outputs trigger no conversion', () =>
  withBatch(
    { env: { DEST_BUCKET_NAME: source, DEST_PREFIX: 'out/', DEFAULT_FORMATS: 'jpg' } },
    async (rig) => {
      await rig.upload('logo.png', await png());
      await rig.settled();
      await rig.settled();
      expect(await rig.names(source)).toEqual(['logo.png', 'out/logo.jpg']);
      expect(rig.linesOf('ignored')).toMatchObject([{ reason: 'an output of ours' }]);
      expect(rig.tasks.stats().created).toBe(1);
    },
  ));

test('outputs are served with their source’s headers and chosen metadata', () =>
  withBatch({ env: { CARRY_METADATA: 'alt' } }, async (rig) => {
    await rig.store.write({
      ...{ bucket: source, name: 'logo.png', data: await png(), contentType: 'image/png' },
      ...{ cacheControl: 'public, max-age=31536000', contentLanguage: 'de', contentDisposition: 'inline' },
      metadata: { formats: 'jpg', alt: 'a cat', owner: 'me' },
    });
    await rig.settled();
    const facts = await rig.store.stat({ bucket: destination, name: 'logo.jpg' });
    expect(facts).toMatchObject({
      ...{ cacheControl: 'public, max-age=31536000', contentLanguage: 'de', contentDisposition: 'inline' },
      metadata: { alt: 'a cat', door: 'batch' },
    });
    expect(Object.keys(facts?.metadata ?? {})).not.toContain('owner');
  }));

test('names that are too long for the tasks of all outputs leave one record', () =>
  withBatch({}, async (rig) => {
    const sizes = Array.from({ length: 100 }, (_, index) => index + 1).join();
    await rig.upload('logo.png', await png(), { formats: 'jpg', sizes, name: 'é'.repeat(3700) });
    await rig.settled();
    expect(rig.linesOf('fan_failed')).toEqual([]);
    const [name = '', ...more] = await rig.names(records);
    expect(more).toEqual([]);
    expect((await rig.record(name)).reason).toMatch(
      /^formats, sizes and presets: expected names of at most 800000 /,
    );
  }));
