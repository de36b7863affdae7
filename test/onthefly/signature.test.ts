import { createHmac } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { signUrl } from '../../cli/commands/sign.ts';
import { createSignature } from '../../convert_stream/guards/signature.ts';
import { closeAtEnd, get, messageOf, picture, post, sizeOf, startServer } from './setup.ts';

const key = '4f46feebafc4b5e988f131c4ff8b5997';
const other = 'kk0123456789abcdef0123456789ABCDEF';

/** Recorded from Imaginary itself. */
const vectors = [
  [
    key,
    '/resize',
    'width=300&type=jpeg&height=200&file=image.jpg',
    'ruEWRoFO-ic-L38vTsjqIYE6DLZ532CTaZXOh1gwuVo',
  ],
  [
    key,
    '/watermark',
    'text=a%20b~c*d!&url=http://127.0.0.1:8000/quad.jpg?x=1',
    '-yVE1fJrnAbwzWI8osreLjnLexDPVUVpwxlQZKW8LuU',
  ],
  [
    other,
    '/api/v1/resize',
    'force&width=100&height=50&width=20',
    'NPa7ihJeOMnuGmTKQGYIYn4dKz1DHTjr_m1Z6e78O44',
  ],
  [key, '/flip', '', 'ybe1EzARErcVRBsQnTek_MMaHAE_emrPc8Kz5WDeLvc'],
] as const;

test.each(vectors)('with %s, %s?%s is signed as Imaginary signs it', (secret, path, query, sign) => {
  expect(createSignature(secret, path, query)).toBe(sign);
});

/** The same rule with the platform's own parts: form encoding by URLSearchParams, byte order by Buffer. */
function independently(path: string, pairs: readonly (readonly [string, string])[]): string {
  const sorted = pairs
    .map(([name, value], at) => ({ name, value, at, bytes: Buffer.from(name) }))
    .sort((a, b) => Buffer.compare(a.bytes, b.bytes) || a.at - b.at)
    .map(({ name, value }): [string, string] => [name, value]);
  const query = new URLSearchParams(sorted).toString().replaceAll('%7E', '~').replaceAll('*', '%2A');
  return createHmac('sha256', key)
    .update(path + query)
    .digest('base64url');
}

test('any query is signed as an independent implementation signs it', () => {
  const text = fc.string({ unit: 'grapheme' });
  const name = text.filter((one) => one !== 'sign');
  fc.assert(
    fc.property(fc.array(fc.tuple(name, text)), (pairs) => {
      const query = pairs.map((pair) => pair.map(encodeURIComponent).join('=')).join('&');
      expect(createSignature(key, '/crop', query)).toBe(independently('/crop', pairs));
    }),
  );
});

describe('a server that requires signatures', () => {
  const flags = ['-enable-url-signature', '-url-signature-key', key];
  const now = Math.floor(Date.now() / 1000);
  const later = now + 3600;
  const rows = [
    { title: 'signed', url: signUrl('/flip?type=png', { key }), status: 200 },
    {
      title: 'signed with an older key that is still listed',
      url: signUrl('/flip', { key: other }),
      status: 200,
    },
    { title: 'signed until later', url: signUrl('/flip', { key, expires: later }), status: 200 },
    { title: 'signed until a moment ago', url: signUrl('/flip', { key, expires: now - 60 }), status: 403 },
    {
      title: 'signed for another path',
      url: signUrl('/flop', { key }).replace('flop', 'flip'),
      status: 403,
    },
    {
      title: 'with a time that was changed',
      url: signUrl('/flip', { key, expires: later }).replace(`${later}`, `${later + 9}`),
      status: 403,
    },
    { title: 'with a time that is none', url: signUrl('/flip?expires=soon', { key }), status: 403 },
    { title: 'signed with an unknown key', url: signUrl('/flip', { key: 'z'.repeat(32) }), status: 403 },
    { title: 'unsigned', url: '/flip', status: 403 },
  ];

  test.each(rows)('answers $status to a URL $title', async ({ url, status }) => {
    const server = await startServer(flags, { URL_SIGNATURE_KEYS: other });
    expect((await post(server.url, url, await picture())).status).toBe(status);
  });

  test('writes no signature and no key into its log', async () => {
    const server = await startServer([...flags, '-key', 'opensesame']);
    const url = signUrl('/flip?key=opensesame', { key });
    await post(server.url, url, await picture());
    expect(server.out()).toContain('"POST /flip?key=[hidden]&sign=[hidden] HTTP/1.1" 200');
  });
});

test('a parameter of a signed URL counts wherever it is moved', async () => {
  const server = await startServer(['-enable-url-signature', '-url-signature-key', key]);
  const address = 'https://images.example/a.jpg?v=1';
  const url = signUrl(`/resize?url=${encodeURIComponent(address)}&width=40&dpr=2`, { key });
  const sign = url.slice(url.indexOf('&sign'));
  const answers = await Promise.all(
    [url, `/resize?width=40&url=${address}&dpr=2${sign}`].map(async (one) =>
      post(server.url, one, await picture(90, 60)),
    ),
  );
  expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  expect(await Promise.all(answers.map(sizeOf))).toEqual(
    Array(2).fill({ format: 'png', width: 80, height: 53 }),
  );
});

describe('the signature of a named picture', () => {
  const start = async () => {
    const dir = await mkdtemp(path.join(tmpdir(), 'imagetx-signed-'));
    closeAtEnd({ close: () => rm(dir, { recursive: true }) });
    await writeFile(path.join(dir, 'pic'), await picture());
    await writeFile(path.join(dir, 'pic12'), await picture());
    return await startServer(['-mount', dir, '-enable-url-signature', '-url-signature-key', key]);
  };

  test('is valid for this picture', async () => {
    const { url } = await start();
    expect((await get(url, signUrl('/images/pic12?w=10', { key }))).status).toBe(200);
  });

  test('is invalid for any other split of the same letters into name and query', async () => {
    const { url } = await start();
    const [, query = ''] = signUrl('/images/pic12?w=10', { key, expires: 1 }).split('?');
    const cuts = [`/images/pic?12${query}`, `/images/pic12${query.replace('&sign', '?sign')}`];
    expect(await Promise.all(cuts.map(async (one) => (await get(url, one)).status))).toEqual([403, 403]);
  });
});

test('each of several API keys is valid, any other key is not', async () => {
  const server = await startServer(['-key', 'new'], { API_KEYS: 'old,older' });
  const statuses = async (keys: readonly string[]) =>
    Promise.all(keys.map(async (one) => (await get(server.url, `/?key=${one}`)).status));
  expect(await statuses(['new', 'old', 'older', 'newer', ''])).toEqual([200, 200, 200, 401, 401]);
  expect(messageOf(await get(server.url, '/', { 'api-key': 'wrong' }))).toBe('Invalid or missing API key');
});
