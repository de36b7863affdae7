import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createLookUp, type LookUp, type LookUpOptions, netLookup } from '../../common/dns/lookup.ts';
import { type Answers, startNameServer } from '../support/name_server.ts';

const hosts = `
127.0.0.1  localhost
10.1.2.3   db.internal db   # a comment
fd00::7    db
not-an-address  nothing
10.9.9.9   Mixed.Case
`;
const conf = `
nameserver 192.0.2.1
domain ignored.example
search shop.svc.cluster.local svc.cluster.local. cluster.local # the last of domain and search counts
options ndots:5 timeout:2
`;

const known: Readonly<Record<string, readonly string[]>> = {
  'storage.example.com': ['192.0.2.10', '2001:db8::10'],
  'four.example.com': ['192.0.2.4'],
  'six.example.com': ['2001:db8::6'],
  'cart.shop.svc.cluster.local': ['10.96.0.1'],
  'cart.other.svc.cluster.local': ['10.96.0.2'],
  'short.example.com.svc.cluster.local': ['10.96.0.3'],
  'dotted.a.b.c.d.e': ['192.0.2.5'],
};
const answers: Answers = (name, family) => {
  if (name.includes('silent')) return undefined;
  if (name === 'broken6.example.com' && family === 6) return undefined;
  if (name === 'broken6.example.com') return ['192.0.2.66'];
  if (name.startsWith('failing')) return 'failure';
  return (known[name] ?? []).filter((address) => address.includes(':') === (family === 6));
};

let dir: string;
let server: Awaited<ReturnType<typeof startNameServer>>;
beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'imagetx-dns-'));
  await writeFile(path.join(dir, 'hosts'), hosts);
  await writeFile(path.join(dir, 'resolv.conf'), conf);
  server = await startNameServer(answers);
});
afterAll(async () => {
  server.close();
  await rm(dir, { recursive: true });
});

const lookUpWith = (options: Partial<LookUpOptions> = {}): LookUp =>
  createLookUp({
    timeoutMs: 20_000,
    servers: [server.address],
    hosts: path.join(dir, 'hosts'),
    resolvConf: path.join(dir, 'resolv.conf'),
    ...options,
  });

const addresses = async (host: string, options: Partial<LookUpOptions> = {}) =>
  (await lookUpWith(options)(host)).map(({ address }) => address);

const names: readonly (readonly [string, readonly string[]])[] = [
  ['192.0.2.99', ['192.0.2.99']],
  ['2001:db8::99', ['2001:db8::99']],
  ['localhost', ['127.0.0.1']],
  ['app.localhost', ['127.0.0.1', '::1']],
  ['LocalHost.', ['127.0.0.1']],
  ['db', ['10.1.2.3', 'fd00::7']],
  ['DB.internal.', ['10.1.2.3']],
  ['mixed.case', ['10.9.9.9']],
  ['storage.example.com', ['192.0.2.10', '2001:db8::10']],
  ['storage.example.com.', ['192.0.2.10', '2001:db8::10']],
  ['four.example.com', ['192.0.2.4']],
  ['six.example.com', ['2001:db8::6']],
  ['broken6.example.com', ['192.0.2.66']],
  ['cart', ['10.96.0.1']],
  ['cart.other', ['10.96.0.2']],
  ['cart.other.svc', ['10.96.0.2']],
  ['dotted.a.b.c.d.e', ['192.0.2.5']],
];

describe('looking a name up', () => {
  test.each(names)('%s is at %p', async (name, expected) => {
    expect(await addresses(name)).toEqual(expected);
  });

  test('a name with fewer dots than ndots is tried with the search domains first', async () => {
    expect(await addresses('short.example.com')).toEqual(['10.96.0.3']);
    server.asked.length = 0;
    await addresses('dotted.a.b.c.d.e');
    expect(new Set(server.asked)).toEqual(new Set(['dotted.a.b.c.d.e A', 'dotted.a.b.c.d.e AAAA']));
  });

  test.each(['missing', 'missing.example.com', 'a.'])('%s is not known', async (name) => {
    await expect(addresses(name)).rejects.toMatchObject({ code: 'ENOTFOUND' });
  });

  test('a failure of a name server is reported as one', async () => {
    await expect(addresses('failing.example.com.')).rejects.toMatchObject({ code: 'ESERVFAIL' });
  });

  test('a hosts file that changes is read again', async () => {
    const file = path.join(dir, 'changing');
    const lookUp = lookUpWith({ hosts: file });
    await expect(lookUp('later.')).rejects.toMatchObject({ code: 'ENOTFOUND' });
    await writeFile(file, '10.0.0.5 later');
    expect(await lookUp('later.')).toEqual([{ address: '10.0.0.5', family: 4 }]);
  });

  test('a lookup of a silent name server ends with its timeout', async () => {
    await expect(addresses('silent.example.com', { timeoutMs: 50 })).rejects.toMatchObject({
      name: 'TimeoutError',
    });
  });

  test('a lookup ends with its signal', async () => {
    const controller = new AbortController();
    const found = lookUpWith()('silent.example.com', controller.signal);
    controller.abort(new Error('client disconnected'));
    await expect(found).rejects.toThrow('client disconnected');
  });

  test('names whose server is silent never delay other names: the oldest lookup gives up its slot', async () => {
    const lookUp = lookUpWith({ most: 5 });
    const ends: Promise<unknown>[] = [];
    for (let at = 0; at < 40; at += 1) {
      const name = `silent${at}.example.com`;
      ends.push(lookUp(name).catch(({ code }) => code));
      // Lookups read files first, so only one at a time has a certain place in the order of slots.
      while (!server.asked.some((question) => question.startsWith(name))) await setImmediate();
    }
    const found = await lookUp('storage.example.com');
    expect(new Set(await Promise.all(ends.slice(0, 35)))).toEqual(new Set(['too_busy']));
    expect(found).toHaveLength(2);
    expect(await ends[35]).toBe('too_busy');
  });

  test('node:net gets all addresses, one of them, or those of one family', async () => {
    const look = netLookup(lookUpWith());
    const ask = (options: object) =>
      new Promise((resolve) => look('storage.example.com', options, (...found) => resolve(found)));
    expect(await ask({ all: true })).toEqual([
      null,
      [
        { address: '192.0.2.10', family: 4 },
        { address: '2001:db8::10', family: 6 },
      ],
    ]);
    expect(await ask({})).toEqual([null, '192.0.2.10', 4]);
    expect(await ask({ family: 6 })).toEqual([null, '2001:db8::10', 6]);
  });
});
