import { readFile, writeFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createClient } from '../../client/index.ts';
import { noise } from '../inline/setup.ts';
import { logo, spawnCommand, startTestCloud, type TestCloud } from './support/cloud.ts';

const key = 'a key of the service';
let cloud: TestCloud;
beforeAll(async () => {
  // Fan's defaults shall not add to what an upload asks for.
  const fan = { DEFAULT_SIZES: '16', DEFAULT_FORMATS: 'gif', NAMES: 'full' };
  cloud = await startTestCloud({ env: { API_KEY: key, CORS: 'true', ...fan } });
});
afterAll(() => cloud.close());

const origin = 'https://page.example';

interface Started {
  readonly uploadUrl: string;
  readonly source: string;
  readonly outputs: readonly { readonly name: string; readonly url: string }[];
  readonly statusUrl: string;
}

interface Status {
  readonly state: string;
  readonly outputs: readonly Readonly<Record<string, unknown>>[];
}

async function start(fields: object, headers: Readonly<Record<string, string>> = {}): Promise<Started> {
  const answer = await fetch(`${cloud.urls.inline}/uploads`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'api-key': key, origin, ...headers },
    body: JSON.stringify(fields),
  });
  if (answer.status !== 201) throw new Error(`${answer.status} ${await answer.text()}`);
  expect(answer.headers.get('location')).toMatch(/\/uploads\/[0-9a-f]{32}$/);
  return (await answer.json()) as Started;
}

const put = (url: string, data: Buffer, headers: Readonly<Record<string, string>> = {}) =>
  fetch(url, { method: 'PUT', body: data as Uint8Array<ArrayBuffer>, headers: { origin, ...headers } });

const statusOf = async (url: string): Promise<Status> => (await (await fetch(url)).json()) as Status;

/** Sends the first bytes and cuts the connection. */
async function cutAfter(url: string, data: Buffer, bytes: number): Promise<void> {
  const headers = {
    'content-length': data.length,
    'content-range': `bytes 0-${data.length - 1}/${data.length}`,
  };
  const sent = httpRequest(url, { method: 'PUT', headers }).on('error', () => {});
  await new Promise<void>((resolve) => sent.write(data.subarray(0, bytes), () => resolve()));
  const closed = new Promise((resolve) => sent.once('close', resolve));
  sent.destroy();
  await closed;
}

test('a browser sends a picture straight to storage, resumes after a cut, and waits for its outputs', async () => {
  const data = await noise(700, 600);
  const fields = {
    name: 'beach',
    formats: ['webp', 'jpg'],
    sizes: [64],
    bytes: data.length,
    type: 'image/png',
  };
  const { uploadUrl, source, outputs, statusUrl } = await start(fields);
  expect(source).toMatch(/^uploads\/[0-9a-f]{32}\/beach$/);
  expect(outputs.map(({ name }) => name)).toEqual([`${source}-64w.webp`, `${source}-64w.jpg`]);
  expect(await statusOf(statusUrl)).toMatchObject({ state: 'waiting' });

  const preflight = await fetch(uploadUrl, {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': 'PUT',
      'access-control-request-headers': 'content-range',
    },
  });
  expect(preflight.headers.get('access-control-allow-origin')).toBe(origin);
  expect(preflight.headers.get('access-control-allow-headers')).toBe('content-range');

  await cutAfter(uploadUrl, data, 600_000);
  const held = await put(uploadUrl, Buffer.alloc(0), { 'content-range': `bytes */${data.length}` });
  expect(held.status).toBe(308);
  expect(held.headers.get('access-control-expose-headers')).toMatch(/\bRange\b/);
  const from = Number(/^bytes=0-(\d+)$/.exec(held.headers.get('range') ?? '')?.[1] ?? -1) + 1;
  const rest = { 'content-range': `bytes ${from}-${data.length - 1}/${data.length}` };
  const last = await put(uploadUrl, data.subarray(from), rest);
  expect(last.status).toBe(200);
  expect(last.headers.get('access-control-allow-origin')).toBe(origin);

  const waited = await statusOf(`${statusUrl}?wait=30`);
  expect(waited.state).toBe('done');
  expect(waited.outputs).toMatchObject([
    { state: 'done', width: 64, height: 55, type: 'image/webp' },
    { state: 'done', width: 64, height: 55, type: 'image/jpeg' },
  ]);
  const picture = await cloud.fetchUrl(outputs[0]?.url ?? '');
  expect(picture).toMatchObject({ status: 200, type: 'image/webp' });
  expect(picture.data.length).toBe(waited.outputs[0]?.bytes);
});

test('server-sent events tell each change, end when nothing is waiting, and stop the browser from coming again', async () => {
  const data = await readFile(logo);
  const { uploadUrl, statusUrl, source } = await start({ formats: 'webp,jpg', bytes: data.length });
  // The path with the whole name of the source is the same upload.
  const url = new URL(`/uploads/${source}`, statusUrl);
  const stream = await fetch(url, { headers: { accept: 'text/event-stream' } });
  expect(stream.headers.get('content-type')).toBe('text/event-stream');
  await put(uploadUrl, data);
  const text = await stream.text();
  const states = [...text.matchAll(/^data: (.*)$/gm)].map(
    ([, json]) => (JSON.parse(json ?? '') as Status).state,
  );
  expect(states[0]).toBe('waiting');
  expect(states.at(-1)).toBe('done');
  expect(states.indexOf('done')).toBe(states.length - 1);
  const again = await fetch(url, { headers: { accept: 'text/event-stream', 'last-event-id': 'settled' } });
  expect(again.status).toBe(204);
});

test('the client stores a picture in several pieces, and answers its outputs', async () => {
  const image = new Blob([new Uint8Array(await noise(1800, 1700))], { type: 'image/png' });
  const sent: number[] = [];
  const stored = await createClient({ url: cloud.urls.inline, key }).store(image, {
    name: 'holiday/beach',
    formats: ['webp', 'jpg'],
    sizes: [64],
    params: { quality: 50 },
    onProgress: (bytes, total) => sent.push(bytes / total),
  });
  expect(stored).toMatchObject({
    state: 'done',
    outputs: [
      { state: 'done', width: 64, type: 'image/webp' },
      { state: 'done', width: 64, type: 'image/jpeg' },
    ],
  });
  expect(sent.length).toBeGreaterThan(2);
  expect([...sent].sort((a, b) => a - b)).toEqual(sent);
  expect(sent.at(-1)).toBe(1);
});

test('a file that is no picture fails with the reason', async () => {
  const { uploadUrl, statusUrl } = await start({ formats: 'webp', bytes: 17, type: 'image/png' });
  await put(uploadUrl, Buffer.from('no picture at all'));
  const { state, outputs } = await statusOf(`${statusUrl}?wait=30`);
  expect(state).toBe('failed');
  expect(outputs).toMatchObject([{ state: 'failed', code: 'unsupported_input', reason: expect.any(String) }]);
});

test('storage takes exactly the announced bytes, and only once', async () => {
  const data = await readFile(logo);
  const { uploadUrl, source } = await start({ formats: 'webp', bytes: data.length });
  expect((await put(uploadUrl, Buffer.concat([data, data]))).status).toBe(400);
  const { uploadUrl: second } = await start({ formats: 'webp', bytes: data.length });
  expect((await put(second, data)).status).toBe(200);
  const before = await cloud.names('source');
  expect((await put(second, Buffer.alloc(data.length))).status).toBe(200);
  expect(await cloud.names('source')).toEqual(before);
  expect(before).not.toContain(source);
});

test('imagetx put --url uploads without Google credentials, and tells why it cannot', async () => {
  const args = ['put', logo, '--url', cloud.urls.inline, '--formats', 'webp', '--sizes', '64', '--json'];
  const done = await cloud.run(...args, '--key', key);
  expect([done.code, done.err]).toEqual([0, '']);
  const { name, state, bytes, url } = JSON.parse(done.out);
  expect(name).toMatch(/^uploads\/[0-9a-f]{32}\/logo-64w\.webp$/);
  expect(state).toBe('done');
  expect((await cloud.fetchUrl(url)).data.length).toBe(bytes);
  const refused = await cloud.run(...args);
  expect(refused.code).toBe(1);
  expect(JSON.parse(refused.out)).toMatchObject({
    state: 'failed',
    error: expect.stringContaining('API key'),
  });
});

const putBig = async (name: string): Promise<readonly string[]> => {
  const path = join(cloud.dir, name);
  await writeFile(path, await noise(700, 600));
  const args = ['put', path, '--url', cloud.urls.inline, '--key', key, '--formats', 'webp', '--json'];
  return [...args, '--sizes', '64'];
};

test('imagetx put --url goes on after cuts and faults of storage, and of the service while it waits', async () => {
  const args = await putBig('cut.png');
  const session = { method: 'PUT', path: 'upload_id=' };
  cloud.storage.faults.add({ ...session, cutRequestAfterBytes: 600_000 });
  // The question what has arrived, then the rest.
  cloud.storage.faults.add({ ...session, status: 503, times: 2 });
  const done = await cloud.run(...args);
  expect([done.code, done.err]).toEqual([0, '']);
  expect(JSON.parse(done.out)).toMatchObject({ state: 'done' });
  expect(cloud.storage.faults.list().every(({ left }) => left === 0)).toBe(true);
});

test('imagetx put --url gives up when storage takes nothing', async () => {
  const args = await putBig('never.png');
  cloud.storage.faults.add({ method: 'PUT', path: 'upload_id=', status: 503, times: 1000 });
  const ended = await cloud.run(...args);
  cloud.storage.faults.clear();
  expect(ended.code).toBe(1);
  expect(JSON.parse(ended.out).error).toMatch(/never\.png: storage does not take it/);
});

test('imagetx put --url that is killed while it sends leaves nothing, and the same command sends all', async () => {
  const args = await putBig('killed.png');
  cloud.storage.faults.add({ method: 'PUT', path: 'upload_id=', status: 503, times: 1000 });
  const { child, ended } = spawnCommand(args, cloud.home);
  while (!cloud.storage.faults.list().some(({ hits }) => hits > 0)) await new Promise(setImmediate);
  child.kill('SIGKILL');
  await ended;
  cloud.storage.faults.clear();
  const objects = async () => (await cloud.names('source')).filter((name) => name.endsWith('/killed'));
  expect(await objects()).toEqual([]);
  expect((await cloud.run(...args)).code).toBe(0);
  expect(await objects()).toHaveLength(1);
});
