import { readdir } from 'node:fs/promises';
import { request } from 'node:http';
import { expect, test } from '@jest/globals';
import { programOf } from '../support/program.ts';
import { form, noise, png, post } from './setup.ts';

const program = programOf('convert_stream/main.ts');
const { run } = program;
const started = (env: Readonly<Record<string, string>>) =>
  program.started({ PORT: '0', REQUIRE_AUTH: 'false', ...env });

async function untilReady(url: string): Promise<void> {
  while ((await fetch(`${url}/readyz`)).status !== 200) await new Promise((resolve) => setImmediate(resolve));
}

test('all wrong settings are reported at once, without a stack, and the exit status is 2', async () => {
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

test('a port in use is reported in one sentence', async () => {
  const { url } = await started({});
  const { code, stderr } = await run({ PORT: new URL(url).port, REQUIRE_AUTH: 'false' }).exit;
  expect([code, stderr]).toEqual([
    2,
    expect.stringMatching(
      /^cannot listen on 127\.0\.0\.1:\d+: another program uses this port; set PORT to a free one\n$/,
    ),
  ]);
});

test('an open service warns its operator, once', async () => {
  const { program, exit, url, lines } = await started({ REQUIRE_AUTH: '' });
  await untilReady(url);
  program.kill('SIGTERM');
  await exit;
  expect(lines.filter(({ severity }) => severity === 'WARNING')).toMatchObject([{ event: 'open' }]);
});

test('it listens on loopback by default', async () => {
  const { url } = await started({});
  expect(new URL(url).hostname).toBe('127.0.0.1');
});

/** Posts a form; `begun` is called when the server has read its head and waits for the rest. */
async function postIn(url: string, parts: Parameters<typeof form>[0], begun: () => void) {
  const encoded = new Response(form(parts));
  const headers = { 'content-type': encoded.headers.get('content-type') ?? '', expect: '100-continue' };
  const body = Buffer.from(await encoded.arrayBuffer());
  return await new Promise<{ status: number | undefined; connection: string | undefined }>(
    (resolve, reject) => {
      const req = request(url, { method: 'POST', headers: { ...headers, 'content-length': body.length } });
      req.on('continue', () => {
        begun();
        req.end(body);
      });
      req.on('response', (res) => {
        res.resume();
        resolve({ status: res.statusCode, connection: res.headers.connection });
      });
      req.on('error', reject);
      req.flushHeaders();
    },
  );
}

test('after SIGTERM a running conversion finishes and is answered, then the program ends with 0', async () => {
  const { program, exit, url, lines } = await started({});
  await untilReady(url);
  const image = { data: await noise(300, 300), name: 'x.png' };
  const answer = await postIn(`${url}/convert`, { format: 'avif', effort: '4', image }, () =>
    program.kill('SIGTERM'),
  );
  expect(answer).toEqual({ status: 200, connection: 'close' });
  expect((await exit).code).toBe(0);
  expect(lines.filter(({ event }) => event === 'converted')).toHaveLength(1);
});

const canSeeThreads = process.platform === 'linux';

test('CONVERSIONS sets the number of concurrent conversions, not the default of the thread pool', async () => {
  if (!canSeeThreads) return void process.stderr.write('skipped: threads are counted in /proc\n');
  const { program, url } = await started({ CONVERSIONS: '12' });
  await untilReady(url);
  await post(`${url}/convert`, { format: 'webp', image: { data: await png(), name: 'x.png' } });
  const threads = await readdir(`/proc/${program.pid}/task`);
  expect(threads.length).toBeGreaterThanOrEqual(12 + 4);
});
