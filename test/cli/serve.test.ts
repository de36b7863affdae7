import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from '@jest/globals';
import { serveFields } from '../../cli/commands/serve/fields.ts';
import { readGoFlags } from '../../cli/commands/serve/go_flags.ts';
import about from '../../package.json' with { type: 'json' };
import { startWith } from '../imaginary/server.ts';

const texts = (...args: readonly string[]): unknown => {
  const flags = readGoFlags(serveFields, args);
  return flags.ok ? flags.texts : [flags.code, flags.reason];
};

test.each([
  [['-p', '9000'], { PORT: '9000' }],
  [['--p', '9000'], { PORT: '9000' }],
  [['-p=9000'], { PORT: '9000' }],
  [['-cors'], { CORS: 'true' }],
  [['-cors=false', '-p', '1'], { CORS: 'false', PORT: '1' }],
  [['-cors', 'false', '-p', '1'], { CORS: 'true' }],
  [['-mount', '-cors'], { MOUNT: '-cors' }],
  [['-key', 'a=b'], { API_KEY: 'a=b' }],
  [['-key=a=b'], { API_KEY: 'a=b' }],
  [['--', '-p', '1'], {}],
  [['-mrelease', '60', '-gzip', '-cpus', '4'], { MRELEASE: '60', GZIP: 'true', CONVERSIONS: '4' }],
  [['-p'], [2, 'flag needs an argument: -p']],
  [
    ['-p', 'x'],
    [2, 'invalid value "x" for flag -p: parse error'],
  ],
  [['-cors=maybe'], [2, 'invalid boolean value "maybe" for -cors: parse error']],
  [['---p'], [2, 'bad flag syntax: ---p']],
  [['-nope'], [2, 'flag provided but not defined: -nope']],
  [
    ['-http-cache-ttl', '-2'],
    [1, 'The -http-cache-ttl flag only accepts a value from 0 to 31556926'],
  ],
])('flags %j are read as Go reads them', (args, expected) => {
  expect(texts(...args)).toEqual(expected);
});

/** Imaginary's flags, all of them. */
const flags =
  'a p h help v version path-prefix cors gzip enable-auth-forwarding enable-url-source enable-placeholder enable-url-signature url-signature-key allowed-origins max-allowed-size max-allowed-resolution key mount certfile keyfile authorization forward-headers placeholder placeholder-status disable-endpoints http-cache-ttl http-read-timeout http-write-timeout concurrency burst mrelease cpus log-level return-size';
test("every flag of Imaginary's is there", () => {
  const known = Object.values(serveFields).map((field) => ('flag' in field ? field.flag : ''));
  expect(flags.split(' ').filter((flag) => !known.includes(flag as never))).toEqual([]);
});

/** Runs the command to its end; a server that listens is told to end. */
async function ran(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, ['cli/main.ts', 'serve', '-a', '127.0.0.1', '-p', '0', ...args], {
    env: { PATH: process.env.PATH, ...env },
  });
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { code, out, err };
}

/** The environment that a process began with, and what it said until it listened. */
async function begin(env: Readonly<Record<string, string>>) {
  const args = ['cli/main.ts', 'serve', '-a', '127.0.0.1', '-p', '0'];
  const child = spawn(process.execPath, args, { env: { REQUIRE_AUTH: 'false', ...env } });
  const [said] = await once(child.stderr, 'data');
  const began = readFileSync(`/proc/${child.pid}/environ`, 'latin1').split('\0');
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
  return { said: String(said), began };
}

const isLinux = process.platform === 'linux';

test('the server begins with the allocator set so that memory comes back, unless it is set', async () => {
  if (!isLinux) return void process.stderr.write('skipped: glibc is asked on Linux only\n');
  const usual = await begin({});
  expect(usual.said).toContain('Listening');
  expect(usual.began).toEqual(expect.arrayContaining(['MALLOC_ARENA_MAX=2', 'REQUIRE_AUTH=false']));
  const own = await begin({ MALLOC_ARENA_MAX: '4' });
  expect(own.began).toEqual(
    expect.arrayContaining(['MALLOC_ARENA_MAX=4', 'MALLOC_TRIM_THRESHOLD_=134217728']),
  );
});

describe('a server that cannot start says why', () => {
  test.each([
    [['-mount', '/nonexistent-dir'], 1, 'error while mounting directory'],
    [['-mount', '/'], 1, 'cannot mount root directory for security reasons'],
    [
      ['-enable-url-signature', '-url-signature-key', 'short'],
      1,
      'URL signature key must be a minimum of 32 characters',
    ],
    [['-enable-url-signature'], 1, 'URL signature key is required'],
    [['-http-cache-ttl', '31556927'], 1, 'The -http-cache-ttl flag only accepts a value from 0 to 31556926'],
    [['-placeholder', '/nope.jpg'], 1, 'cannot start the server'],
    [['-placeholder', 'package.json'], 1, 'Placeholder image type is not supported'],
    [['-allowed-origins', 'http://'], 1, 'allowed origin: expected a URL'],
    [['-unknown'], 2, 'flag provided but not defined: -unknown'],
    [['-h'], 1, 'Usage:'],
  ])('%j ends with %d', async (args, code, reason) => {
    const said: string[] = [];
    const ended = await startWith(args, {}, (line) => void said.push(line));
    expect([ended, said.join('\n')]).toEqual([code, expect.stringContaining(reason)]);
  });

  test('the process ends with that code', async () => {
    const [version, unknown, guarded] = await Promise.all([
      ran(['-v']),
      ran(['-unknown']),
      ran([], { REQUIRE_AUTH: 'true' }),
    ]);
    expect([version.code, version.out]).toEqual([1, `${about.version}\n`]);
    expect([unknown.code, unknown.err]).toEqual([
      2,
      expect.stringMatching(/^Usage:[\s\S]*defined: -unknown\n$/),
    ]);
    expect([guarded.code, guarded.err]).toEqual([1, expect.stringContaining('REQUIRE_AUTH')]);
  });
});

describe('a server that listens says where and for whom', () => {
  const key = 'k'.repeat(32);
  const signed = ['-enable-url-signature', '-url-signature-key', key];
  test.each([
    [[], ['for anyone']],
    [['-key', 'secret'], ['for clients with an API key']],
    [['-key', 'secret', ...signed], ['for clients with an API key and a signed URL']],
    [['-log-level', 'error'], []],
    [['-log-level', 'none'], []],
  ])('%j', async (args, said) => {
    const lines: string[] = [];
    const server = await startWith(args, { REQUIRE_AUTH: 'false' }, (line) => void lines.push(line));
    if (typeof server === 'number') throw new Error('expected a server that listens');
    await server.running.close();
    expect(lines.filter((line) => line.startsWith('Listening'))).toEqual(
      said.map((whom) => `Listening on ${server.url}, ${whom}`),
    );
    expect(server.out()).toBe('');
  });
});

test('a server that listens on all addresses of the machine says so', async () => {
  const lines: string[] = [];
  const server = await startWith(
    ['-a', '0.0.0.0'],
    { REQUIRE_AUTH: 'false' },
    (line) => void lines.push(line),
  );
  if (typeof server === 'number') throw new Error('expected a server that listens');
  await server.running.close();
  expect(server.url).toMatch(/^http:\/\/localhost:/);
  expect(lines.join('\n')).toContain(
    `Listening on ${server.url.replace('localhost', '0.0.0.0')}, for anyone`,
  );
});

test('a taken port is told in a sentence', async () => {
  const first = await startWith([]);
  if (typeof first === 'number') throw new Error('expected a server that listens');
  const said: string[] = [];
  const second = await startWith(['-p', new URL(first.url).port], { REQUIRE_AUTH: 'false' }, (line) =>
    said.push(line),
  );
  await first.running.close();
  expect([second, said]).toEqual([
    1,
    [
      expect.stringMatching(
        /^cannot listen on 127\.0\.0\.1:\d+: another program uses this port; set PORT to a free one$/,
      ),
    ],
  ]);
});

describe('who may use a server', () => {
  const warned = async (
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<boolean> => {
    const said: string[] = [];
    const server = await startWith(args, env, (line) => void said.push(line));
    if (typeof server !== 'number') await server.running.close();
    return said.some((line) => line.startsWith('WARNING: anyone'));
  };

  test('is warned about where it is open, unless that is said', async () => {
    const key = 'k'.repeat(32);
    expect(await warned([])).toBe(true);
    expect(await warned([], { REQUIRE_AUTH: 'false' })).toBe(false);
    expect(await warned(['-key', 'secret'])).toBe(false);
    expect(await warned(['-enable-url-signature', '-url-signature-key', key], { REQUIRE_AUTH: 'true' })).toBe(
      false,
    );
  });
});
