import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { signalWorkers } from '../support/codec_workers.ts';
import { removeDir, temporaryDir } from '../support/folder.ts';
import { until } from '../support/until.ts';
import { stopCollecting, watchQueue } from '../telemetry/support/recorded.ts';
import { get, picture, post, startServer } from './setup.ts';

/** Answers to so many photographs that come at once. */
async function answersTo(count: number, url: string) {
  const photo = await picture(600, 400);
  const paths = Array.from({ length: count }, (_, index) => `/resize?width=${100 + index}`);
  return await Promise.all(paths.map((path) => post(url, path, photo)));
}

test('a server with the settings of its command lets 100 photographs wait for one core', async () => {
  const { url } = await startServer(['-cpus', '1']);
  const answers = await answersTo(100, url);
  expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
});

test('a photograph that waits too long is refused, with a sentence and a time to come back', async () => {
  const load = watchQueue();
  const { url } = await startServer(['-cpus', '1'], { WAIT_MS: '1' });
  stopCollecting();
  signalWorkers('SIGSTOP');
  const first = post(url, '/convert?type=jxl', await picture());
  await until(() => load().running === 1);
  for (const { status, headers, body } of await answersTo(20, url)) {
    expect([status, Number(headers['retry-after'])]).toEqual([503, expect.any(Number)]);
    expect(JSON.parse(String(body)).message).toMatch(/^Too many conversions are waiting/);
  }
  signalWorkers('SIGCONT');
  expect((await first).status).toBe(200);
});

test('pictures of a folder are read when a slot is near: what waits takes no memory', async () => {
  const folder = await temporaryDir();
  const photo = await picture(600, 400);
  const names = Array.from({ length: 30 }, (_, index) => `${index}.jpg`);
  await Promise.all(names.map((name) => writeFile(join(folder, name), photo)));
  // One is converted, two are read ahead, and outputs wait for their clients.
  const memory = { MAX_BUFFERED_BYTES: String(3 * photo.length + 30 * 1024) };
  const { url } = await startServer(['-cpus', '1', '-mount', folder], memory);
  const answers = await Promise.all(names.map((name) => get(url, `/resize?width=40&file=${name}`)));
  expect(answers.map(({ status }) => status)).toEqual(names.map(() => 200));
  await removeDir(folder);
});
