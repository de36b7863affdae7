import { readdir } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { programOf } from '../support/program.ts';
import { noise, png, post } from './setup.ts';

const program = programOf('convert_stream/main.ts');
const { run } = program;
const started = (env: Readonly<Record<string, string>>) =>
  program.started({ PORT: '0', REQUIRE_AUTH: 'false', ...env });

async function untilReady(url: string): Promise<void> {
  while ((await fetch(`${url}/readyz`)).status !== 200) await new Promise((resolve) => setImmediate(resolve));
}

test('all faults of the settings are told at once, without a stack, and the exit status is 2', async () => {
  const { exit } = run({
    PORT: 'http',
    DOORS: 'front',
    CONVERSIONS: '0',
    CDN_URL: 'cdn',
    API_KEY: 'hidden-key',
  });
  const { code, stderr } = await exit;
  expect(code).toBe(2);
  for (const name of ['PORT', 'DOORS', 'CONVERSIONS', 'CDN_URL']) {
    expect(stderr).toMatch(new RegExp(`^  ${name}: expected .*, got "`, 'm'));
  }
  expect(stderr).not.toMatch(/hidden-key| at /);
});

test.each([
  ['a CDN without a bucket', { CDN_URL: 'https://cdn.example' }, /^CDN_URL: expected DEST_BUCKET_NAME/],
  ['a short signature key', { ENABLE_URL_SIGNATURE: 'true', URL_SIGNATURE_KEY: 'short' }, /32 characters/],
  ['an open service that must not be', { REQUIRE_AUTH: 'true' }, /REQUIRE_AUTH/],
])('%s is refused at start', async (_title, env, message) => {
  const { code, stderr } = await run({ PORT: '0', ...env }).exit;
  expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
});

test('a taken port is told in a sentence', async () => {
  const { url } = await started({});
  const { code, stderr } = await run({ PORT: new URL(url).port, REQUIRE_AUTH: 'false' }).exit;
  expect([code, stderr]).toEqual([
    2,
    expect.stringMatching(
      /^cannot listen on 127\.0\.0\.1:\d+: another program does; set PORT to a free one\n$/,
    ),
  ]);
});

test('who leaves the service open is warned, once', async () => {
  const { program, exit, url, lines } = await started({ REQUIRE_AUTH: '' });
  await untilReady(url);
  program.kill('SIGTERM');
  await exit;
  expect(lines.filter(({ severity }) => severity === 'WARNING')).toMatchObject([{ event: 'open' }]);
});

test('it listens on loopback unless told otherwise', async () => {
  const { url } = await started({});
  expect(new URL(url).hostname).toBe('127.0.0.1');
});

test('SIGTERM lets a running conversion finish, then it ends with 0', async () => {
  const { program, exit, url, lines } = await started({});
  await untilReady(url);
  const running = post(`${url}/convert`, {
    format: 'avif',
    effort: '4',
    image: { data: await noise(300, 300), name: 'x.png' },
  });
  const isBusy = fetch(`${url}/healthz`);
  await isBusy;
  program.kill('SIGTERM');
  expect((await running).status).toBe(200);
  expect((await exit).code).toBe(0);
  expect(lines.filter(({ event }) => event === 'converted')).toHaveLength(1);
});

const canSeeThreads = process.platform === 'linux';

test('as many conversions run as CONVERSIONS says, whatever the default of the thread pool', async () => {
  if (!canSeeThreads) return void process.stderr.write('skipped: threads are counted in /proc\n');
  const { program, url } = await started({ CONVERSIONS: '12' });
  await untilReady(url);
  await post(`${url}/convert`, { format: 'webp', image: { data: await png(), name: 'x.png' } });
  const threads = await readdir(`/proc/${program.pid}/task`);
  expect(threads.length).toBeGreaterThanOrEqual(12 + 4);
});
