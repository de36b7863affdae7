import { describe, expect, test } from '@jest/globals';
import { MockAgent } from 'undici';
import { createLookUp } from '../../common/dns/lookup.ts';
import { explainFailure } from '../../convert_stream/onthefly/sources/remote/failure.ts';
import { follow } from '../../convert_stream/onthefly/sources/remote/follow.ts';
import { createSharedLookups } from '../../convert_stream/onthefly/sources/remote/shared_lookups.ts';
import { splitUserinfo } from '../../convert_stream/onthefly/sources/remote/url.ts';

const secrets = { authorization: 'Bearer SECRET', cookie: 'sid=1', 'x-token': 'T' };

type Sent = Readonly<Record<string, string>>;

/** The headers that each server of a chain of redirects receives. */
async function chain(urls: readonly string[], headers: Sent = secrets, start = urls[0] ?? '') {
  const dispatcher = new MockAgent();
  dispatcher.disableNetConnect();
  const sent: Sent[] = [];
  urls.forEach((text, at) => {
    const { origin, pathname } = new URL(text);
    const next = urls[at + 1];
    dispatcher
      .get(origin)
      .intercept({ path: pathname })
      .reply((options) => {
        sent.push(options.headers as Sent);
        const location = next === undefined ? {} : { headers: { location: next } };
        return { statusCode: next === undefined ? 200 : 302, data: '', responseOptions: location };
      });
  });
  const options = {
    dispatcher,
    lookups: createSharedLookups(createLookUp({ timeoutMs: 1000 })),
    allowsOrigin: () => true,
    maxRedirects: 5,
  };
  const { answer } = await follow(
    new URL(start),
    { method: 'GET', headers, signal: new AbortController().signal },
    options,
  );
  await answer.body.dump();
  return sent.map(({ 'user-agent': agent, ...rest }) => {
    expect(agent).toMatch(/^imaginary\//);
    return rest;
  });
}

const basic = (pair: string) => ({ authorization: `Basic ${Buffer.from(pair).toString('base64')}` });

describe('forwarded headers on a redirect', () => {
  const away = [
    ['https to http', 'https://a.test/1', 'http://a.test/2'],
    ['http to https', 'http://a.test/1', 'https://a.test/2'],
    ['another port', 'https://a.test/1', 'https://a.test:8443/2'],
    ['another host', 'https://a.test/1', 'https://b.test/2'],
    ['a host below', 'https://a.test/1', 'https://x.a.test/2'],
    ['a host above', 'https://x.a.test/1', 'https://a.test/2'],
  ] as const;
  test.each(away)('none goes to another origin: %s', async (_, from, to) => {
    expect(await chain([from, to])).toEqual([secrets, {}]);
  });

  const same = [
    ['another path', 'https://a.test/1', 'https://a.test/2'],
    ['the default port by number', 'https://a.test/1', 'https://a.test:443/2'],
    ['the name in capitals', 'https://a.test/1', 'https://A.TEST/2'],
  ] as const;
  test.each(same)('all go to the same origin: %s', async (_, from, to) => {
    expect(await chain([from, to])).toEqual([secrets, secrets]);
  });

  test('none comes back after another origin', async () => {
    const sent = await chain([
      'https://a.test/1',
      'https://b.test/2',
      'https://a.test/3',
      'https://a.test/4',
    ]);
    expect(sent).toEqual([secrets, {}, {}, {}]);
  });
});

describe('a name and password in a URL', () => {
  const pairs = [
    ['http://user:p%40w@a.test/1', 'user:p@w'],
    ['http://user@a.test/1', 'user:'],
    ['http://:pw@a.test/1', ':pw'],
    ['http://%C3%A9:%E4%BD%A0@a.test/1', 'é:你'],
    ['http://a+b:c+d@a.test/1', 'a+b:c+d'],
  ] as const;
  test.each(pairs)('%s are sent as Basic authentication', async (start, pair) => {
    expect(await chain(['http://a.test/1'], {}, start)).toEqual([basic(pair)]);
  });

  test('give way to a forwarded Authorization', async () => {
    expect(await chain(['http://a.test/1'], secrets, 'http://u:p@a.test/1')).toEqual([secrets]);
  });

  test('stay at their origin', async () => {
    const start = 'https://u:p@a.test/1';
    expect(await chain(['https://a.test/1', 'https://a.test/2', 'http://a.test/3'], {}, start)).toEqual([
      basic('u:p'),
      basic('u:p'),
      {},
    ]);
  });

  test('of a redirect go to its own origin', async () => {
    const sent = await chain(['https://a.test/1', 'https://u:p@b.test/2', 'https://c.test/3']);
    expect(sent).toEqual([secrets, basic('u:p'), {}]);
  });

  test('with an invalid escape are refused', () => {
    expect(() => splitUserinfo(new URL('http://u:%zz@a.test/'))).toThrow('Invalid image URL');
  });
});

test.each([
  ['UND_ERR_SOCKET', 'other side closed', 'the server closed the connection before its answer was complete'],
  ['UND_ERR_HEADERS_TIMEOUT', 'Headers Timeout Error', 'the server did not answer in time'],
  ['UND_ERR_HEADERS_OVERFLOW', 'Headers Overflow Error', 'the headers of the answer are too long'],
  ['HPE_INVALID_CONSTANT', 'Expected HTTP/', 'the answer is no valid HTTP'],
  ['Z_DATA_ERROR', 'incorrect header check', 'the answer is not packed as its Content-Encoding says'],
  ['Z_BUF_ERROR', 'unexpected end of file', 'the packed answer ends too early'],
  ['ECONNREFUSED', 'connect ECONNREFUSED 192.0.2.1:80', 'ECONNREFUSED: connect ECONNREFUSED 192.0.2.1:80'],
])('%s of another server is told in a sentence', async (code, said, told) => {
  const fail = () => Promise.reject(Object.assign(new Error(said), { code }));
  await expect(explainFailure('GET', fail)).rejects.toMatchObject({
    code: 'remote_failed',
    message: `error fetching remote http image: ${told}`,
  });
});
