import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { ran } from './support/world.ts';

const run = promisify(execFile);
const page = await readFile('docs/signing.md', 'utf8');
const key = '4f46feebafc4b5e988f131c4ff8b5997';

test('the printed URL is the given one with its signature', async () => {
  const url = '/resize?width=300&type=jpeg&height=200&file=image.jpg';
  const sign = 'ruEWRoFO-ic-L38vTsjqIYE6DLZ532CTaZXOh1gwuVo';
  const plain = await ran(['sign', url], { env: { URL_SIGNATURE_KEY: key } });
  const hosted = await ran(['sign', url, '--host', 'https://img.example.org/', '--key', key]);
  const whole = await ran(['sign', `http://127.0.0.1:9000${url}`, '--key', key]);
  expect([plain, hosted, whole].map(({ code, out }) => [code, out])).toEqual([
    [0, `${url}&sign=${sign}\n`],
    [0, `https://img.example.org${url}&sign=${sign}\n`],
    [0, `http://127.0.0.1:9000${url}&sign=${sign}\n`],
  ]);
});

test.each([
  ['3600', 3600],
  ['90s', 90],
  ['15m', 900],
  ['12h', 43_200],
  ['7d', 604_800],
])('--expires %s is %d seconds from now', async (text, seconds) => {
  const before = Math.floor(Date.now() / 1000);
  const { out } = await ran(['sign', '/flip', '--key', key, '--expires', text]);
  const expires = Number(/expires=(\d+)&sign=/.exec(out)?.[1]);
  expect(expires - before - seconds).toBeGreaterThanOrEqual(0);
  expect(expires - Math.floor(Date.now() / 1000) - seconds).toBeLessThanOrEqual(0);
});

test.each([
  [['/flip'], '--key or URL_SIGNATURE_KEY: expected a key of at least 32 characters, got none'],
  [['/flip', '--key', 'short'], 'URL_SIGNATURE_KEY: expected a key of at least 32 characters, got 5'],
  [[], 'URL: expected one such as /resize?width=200, got none'],
  [['flip', '--key', key], 'URL: expected one such as /resize?width=200, got "flip"'],
  [['/100%/flip', '--key', key], 'URL: expected UTF-8 after each %, got "/100%/flip"'],
  [['/flip', '--key', key, '--expires', 'soon'], '--expires: expected a time such as 3600'],
])('%j is refused with a reason', async (args, reason) => {
  expect(await ran(['sign', ...args])).toMatchObject({ code: 2, err: expect.stringContaining(reason) });
});

test('a short key from the environment is refused too', async () => {
  const { code, err } = await ran(['sign', '/flip'], { env: { URL_SIGNATURE_KEY: 'short' } });
  expect([code, err]).toEqual([2, expect.stringContaining('characters, got 5')]);
});

/** How a program of a language is run; the name of its file matters to some. */
const languages = [
  { name: 'JavaScript', fence: 'js', file: 'sign.mjs', command: [process.execPath], version: '--version' },
  { name: 'Python', fence: 'python', file: 'sign.py', command: ['python3'], version: '--version' },
  { name: 'Go', fence: 'go', file: 'sign.go', command: ['go', 'run'], version: 'version' },
  { name: 'PHP', fence: 'php', file: 'sign.php', command: ['php'], version: '--version' },
  { name: 'Java', fence: 'java', file: 'Sign.java', command: ['java'], version: '-version' },
] as const;

const vectors = [...page.matchAll(/^\| `(\S{32,})` \| `(\S+)` \|(?: `(\S+)`)? \| `(\S{43})` \|$/gm)].map(
  ([, secret = '', at = '', query = '', sign = '']) => ({ secret, at, query, sign }),
);
/** Escapes, bare and repeated names. */
const hardest = vectors.slice(1, 3);
const programOf = (fence: string): string =>
  new RegExp(`\`\`\`${fence}\n([^]*?)\n\`\`\``).exec(page)?.[1] ?? '';

test('the page has vectors and five languages', () => {
  expect(vectors).toHaveLength(4);
  expect(languages.filter(({ fence }) => programOf(fence) === '')).toEqual([]);
});

describe.each(languages)('the program in $name', ({ name, fence, file, command, version }) => {
  test('signs the harder vectors', async () => {
    const [program, ...args] = command;
    const isThere = await run(program, [version]).then(
      () => true,
      () => false,
    );
    if (!isThere) return void process.stdout.write(`skipped: ${name} is not installed\n`);
    const folder = await mkdtemp(path.join(tmpdir(), 'imagetx-sign-'));
    await writeFile(path.join(folder, file), programOf(fence));
    const made = await Promise.all(
      hardest.map(async ({ secret, at, query }) =>
        (await run(program, [...args, path.join(folder, file), secret, at, query])).stdout.trim(),
      ),
    );
    await rm(folder, { recursive: true });
    expect(made).toEqual(hardest.map(({ sign }) => sign));
  });
});
