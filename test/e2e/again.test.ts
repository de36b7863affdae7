import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { queueName } from '../../local/environment.ts';
import { jsonLines, logo, spawnCommand, startTestCloud, type TestCloud } from './support/cloud.ts';

let cloud: TestCloud;
beforeAll(async () => {
  // One attempt only: what fails once is recorded at once.
  cloud = await startTestCloud({ queue: { maxAttempts: 1 }, env: { MAX_ATTEMPTS: '1' } });
});
afterEach(() => cloud.storage.faults.clear());
afterAll(() => cloud.close());

test('an output that failed while storage was down is made by retry, and its record is gone', async () => {
  cloud.storage.faults.add({ method: 'POST', path: '/b/imagetx-dst/', status: 503, probability: 1 });
  const put = await cloud.run('put', logo, '--name', 'late', '--formats', 'jpg', '--json');
  expect(put.code).toBe(1);
  expect(jsonLines(put.out)).toMatchObject([
    { name: 'late.jpg', state: 'failed', error: expect.stringContaining('storage is not available') },
  ]);
  expect(await cloud.names('records')).toEqual(['_failed/late.jpg.json']);

  cloud.storage.faults.clear();
  const retry = await cloud.run('retry', 'gs://imagetx-records/_failed/late.jpg.json', '--json');
  expect(retry).toMatchObject({ code: 0, err: '' });
  expect(jsonLines(retry.out)).toMatchObject([{ name: 'late.jpg', state: 'done', error: null }]);
  expect(await cloud.names('records')).toEqual([]);
  expect((await cloud.fetchUrl(`${cloud.urls.cdn}/late.jpg`)).status).toBe(200);
});

test('each retry of a hopeless output is a task of its own and tells the reason again', async () => {
  const file = join(cloud.dir, 'broken.png');
  await writeFile(file, 'no picture at all');
  const put = await cloud.run('put', file, '--formats', 'jpg');
  expect(put).toMatchObject({ code: 1, out: '', err: expect.stringContaining('broken.jpg: ') });
  await cloud.idle();
  const { done } = cloud.tasks.stats();
  for (const times of [1, 2]) {
    const retry = await cloud.run('retry', 'broken.jpg');
    expect(retry).toEqual(put);
    await cloud.idle();
    expect(cloud.tasks.stats().done).toBe(done + times);
  }
  await cloud.store.remove({ bucket: 'imagetx-records', name: '_failed/broken.jpg.json' });
});

test('an order that the queue has lost does not use up the name of the next one', async () => {
  const file = join(cloud.dir, 'lost.png');
  await writeFile(file, 'no picture at all');
  expect((await cloud.run('put', file, '--formats', 'jpg')).code).toBe(1);
  cloud.tasks.pause(queueName);
  expect((await cloud.run('retry', 'lost.jpg', '--timeout', '0')).code).toBe(0);
  cloud.tasks.purge(queueName);
  cloud.tasks.resume(queueName);
  const { done } = cloud.tasks.stats();
  expect((await cloud.run('retry', 'lost.jpg')).err).toMatch(/^lost\.jpg: /);
  await cloud.idle();
  expect(cloud.tasks.stats().done).toBe(done + 1);
});

/** Uploads that ask for nothing, as if they had been there before. */
async function oldPictures(count: number, data: Buffer): Promise<readonly string[]> {
  const names = Array.from({ length: count }, (_, i) => `old/picture-${String(i).padStart(2, '0')}.png`);
  await Promise.all(
    names.map((name) =>
      cloud.store.write({ bucket: 'imagetx-src', name, data, contentType: 'image/png', ifGeneration: '0' }),
    ),
  );
  await cloud.idle();
  return names;
}

test('a backfill that is killed and started again orders every output exactly once', async () => {
  const { data } = await cloud.fetchUrl(`${cloud.urls.cdn}/late.jpg`);
  const names = await oldPictures(9, data);
  const backfill = ['backfill', 'gs://imagetx-src/old/', '--formats', 'webp'];
  const counts = async (...args: string[]) =>
    JSON.parse((await cloud.run(...backfill, ...args, '--json')).out);
  const before = cloud.tasks.stats().created;

  expect(await counts('--dry-run')).toMatchObject({ objects: 9, outputs: 9, done: 0, ordered: 9 });
  expect(cloud.tasks.stats().created).toBe(before);

  // Nothing is converted meanwhile, so that only the names of tasks can tell what has been ordered.
  cloud.tasks.pause(queueName);
  const slow = spawnCommand([...backfill, '--rate', '3'], cloud.home);
  while (cloud.tasks.stats().created < before + 3) await new Promise((resolve) => setImmediate(resolve));
  slow.child.kill('SIGKILL');
  await slow.ended;
  const made = cloud.tasks.stats().created - before;
  expect(made).toBeLessThan(9);

  expect(await counts()).toMatchObject({ existed: made, ordered: 9 - made });
  expect(cloud.tasks.stats().created).toBe(before + 9);

  cloud.tasks.resume(queueName);
  await cloud.idle();
  const outputs = names.map((name) => name.replace('.png', '.webp'));
  expect((await cloud.names('destination')).filter((name) => name.startsWith('old/'))).toEqual(outputs);
  expect(await counts()).toMatchObject({ outputs: 9, done: 9, ordered: 0, existed: 0 });
});
