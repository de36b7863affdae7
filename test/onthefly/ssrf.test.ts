import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import { createLookUp } from '../../common/dns/lookup.ts';
import { createRemote } from '../../convert_stream/onthefly/sources/remote/index.ts';
import { allowedAddresses } from '../../convert_stream/onthefly/sources/remote/ssrf.ts';
import { startNameServer } from '../support/name_server.ts';
import { closeAtEnd, get, messageOf, picture, startServer } from './setup.ts';

const inside = [
  '0.0.0.0',
  '0.1.2.3',
  '10.0.0.1',
  '10.255.255.255',
  '100.64.0.1',
  '100.100.100.200',
  '100.127.255.255',
  '127.0.0.1',
  '127.1.2.3',
  '127.255.255.255',
  '168.63.129.16',
  '169.254.0.1',
  '169.254.169.254',
  '172.16.0.1',
  '172.31.255.255',
  '192.0.0.1',
  '192.0.0.192',
  '192.0.2.1',
  '192.88.99.1',
  '192.168.0.1',
  '192.168.255.255',
  '198.18.0.1',
  '198.19.255.255',
  '198.51.100.1',
  '203.0.113.1',
  '224.0.0.1',
  '239.255.255.255',
  '240.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::127.0.0.1',
  '::8.8.8.8',
  '::ffff:127.0.0.1',
  '::ffff:10.0.0.1',
  '::ffff:169.254.169.254',
  '::ffff:7f00:1',
  '::ffff:0:127.0.0.1',
  '0:0:0:0:0:ffff:c0a8:1',
  '64:ff9b::127.0.0.1',
  '64:ff9b::7f00:1',
  '64:ff9b:1::1',
  '100::1',
  '2001::1',
  '2001:0:7f00:1::',
  '2001:10::1',
  '2001:20::1',
  '2001:db8::1',
  '2002:7f00:1::',
  '2002:a9fe:a9fe::1',
  '3fff::1',
  '5f00::1',
  'fc00::1',
  'fd00::1',
  'fd00:ec2::254',
  'fe80::1',
  'fe80::1%eth0',
  'fec0::1',
  'ff02::1',
  'ff0e::1',
];
const outside = [
  '8.8.8.8',
  '1.1.1.1',
  '172.32.0.1',
  '100.128.0.1',
  '223.255.255.255',
  '2606:4700:4700::1111',
  '::ffff:8.8.8.8',
];

test.each(inside)('no connection is made to %s', (address) => {
  expect(allowedAddresses([])(address)).toBe(false);
});

test.each(outside)('a connection may be made to %s', (address) => {
  expect(allowedAddresses([])(address)).toBe(true);
});

test('a private network may be allowed by name, and only that one', () => {
  const isAllowed = allowedAddresses(['10.1.0.0/16', 'fd12::/16', '::1/128']);
  const allowed = ['10.1.2.3', '::ffff:10.1.2.3', 'fd12::1', '::1'];
  const refused = ['10.2.0.1', 'fd13::1', '127.0.0.1', '::127.0.0.1', '::10.1.2.3'];
  expect(allowed.map(isAllowed)).toEqual(allowed.map(() => true));
  expect(refused.map(isAllowed)).toEqual(refused.map(() => false));
});

/** Every spelling of loopback, of this network and of the metadata server that a URL may have. */
const spellings = [
  'http://127.0.0.1/',
  'http://127.1/',
  'http://127.0.1/',
  'http://2130706433/',
  'http://0x7f000001/',
  'http://0x7f.1/',
  'http://0177.0.0.1/',
  'http://017700000001/',
  'http://127.0.0.1./',
  'http://0/',
  'http://0.0.0.0/',
  'http://localhost/',
  'http://LOCALHOST/',
  'http://localhost./',
  'http://[::1]/',
  'http://[::]/',
  'http://[::ffff:127.0.0.1]/',
  'http://[::ffff:7f00:1]/',
  'http://[0:0:0:0:0:0:0:1]/',
  'http://①②⑦.⓪.⓪.①/',
  'http://169.254.169.254/',
  'http://0xa9fea9fe/',
  'http://2852039166/',
  'http://metadata.google.internal/',
  'http://metadata.google.internal./',
  'http://METADATA.google.internal/',
  'http://metadata/',
  'http://user:pw@127.0.0.1/',
  'http:\\\\127.0.0.1\\',
];

test.each(spellings)('%s is not fetched', async (url) => {
  const remote = createRemote({ config: configWith([]), maxBytes: 1e6 });
  await expect(remote.fetch(url, errand)).rejects.toThrow(
    /not allowed|Invalid image URL|unsupported protocol scheme/,
  );
});

function configWith(privateNetworks: readonly string[]) {
  return {
    ALLOWED_ORIGINS: [],
    ALLOWED_PRIVATE_NETWORKS: privateNetworks,
    MAX_ALLOWED_SIZE: 0,
    MAX_REDIRECTS: 3,
    REMOTE_TIMEOUT_MS: 5_000,
  };
}

/** A server that answers every path with `body`, or redirects to `location`. */
async function serverAt(
  address: string,
  port: number,
  answer: { readonly body?: Buffer; readonly location?: string },
) {
  const server = createServer((_req, res) => {
    if (answer.location) res.writeHead(302, { location: answer.location }).end();
    else res.end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(port, address, () => resolve()));
  closeAtEnd({ close: () => server.closeAllConnections() ?? server.close() });
  return (server.address() as AddressInfo).port;
}

/** A name server whose answers change: the n-th question gets the n-th list of addresses, later ones the last list. */
async function changing(lists: readonly (readonly string[])[]) {
  let asked = 0;
  const server = await startNameServer((_, family) =>
    family === 4 ? (lists[Math.min(asked++, lists.length - 1)] ?? []) : [],
  );
  closeAtEnd(server);
  return createLookUp({ timeoutMs: 5_000, servers: [server.address] });
}

/** 127.0.0.1 stands for public addresses here, 127.0.0.2 for addresses that must not be reached. */
const errand = { headers: {}, reservation: { add: () => {} } };
const outsideOnly = configWith(['127.0.0.1/32']);

test('a name that changes its address between check and connection leads nowhere else', async () => {
  const body = await picture();
  const port = await serverAt('127.0.0.1', 0, { body });
  await serverAt('127.0.0.2', port, { body: Buffer.from('secret') });
  const lookUp = await changing([['127.0.0.1'], ['127.0.0.2']]);
  const remote = createRemote({ config: outsideOnly, maxBytes: 1e6, lookUp });

  expect((await remote.fetch(`http://rebind.example:${port}/1`, errand)).bytes).toEqual(body);
  const again = createRemote({ config: outsideOnly, maxBytes: 1e6, lookUp });
  await expect(again.fetch(`http://rebind.example:${port}/2`, errand)).rejects.toThrow('not allowed');
});

test('a name with one address outside and one inside is not fetched', async () => {
  const port = await serverAt('127.0.0.1', 0, { body: await picture() });
  const lookUp = await changing([['127.0.0.1', '127.0.0.2']]);
  const remote = createRemote({ config: outsideOnly, maxBytes: 1e6, lookUp });
  await expect(remote.fetch(`http://mixed.example:${port}/`, errand)).rejects.toThrow('not allowed');
});

test('a redirect inside is not followed', async () => {
  const inner = await serverAt('127.0.0.2', 0, { body: Buffer.from('secret') });
  const port = await serverAt('127.0.0.1', 0, { location: `http://127.0.0.2:${inner}/` });
  const remote = createRemote({ config: outsideOnly, maxBytes: 1e6 });
  await expect(remote.fetch(`http://127.0.0.1:${port}/`, errand)).rejects.toThrow('not allowed');
});

test('without the setting a server fetches nothing from its own networks', async () => {
  const port = await serverAt('127.0.0.1', 0, { body: await picture() });
  const server = await startServer(['-enable-url-source'], { ALLOWED_PRIVATE_NETWORKS: '' });
  const answer = await get(server.url, `/info?url=http://127.0.0.1:${port}/`);
  expect([answer.status, messageOf(answer)]).toEqual([
    400,
    'error fetching remote http image: address of 127.0.0.1 is not allowed; ALLOWED_PRIVATE_NETWORKS names the private ones that are',
  ]);
});

test('a name that exists only inside is refused in the same words as one that does not exist', async () => {
  const server = await startNameServer((name, family) =>
    name.startsWith('inner.') && family === 4 ? ['10.0.0.7'] : [],
  );
  closeAtEnd(server);
  const lookUp = createLookUp({ timeoutMs: 5_000, servers: [server.address] });
  const remote = createRemote({ config: configWith([]), maxBytes: 1e6, lookUp });
  const messages = ['inner.example', 'missing.example'].map(async (host) => {
    const failure = await remote.fetch(`http://${host}/`, errand).catch(String);
    return String(failure).replace(host, 'HOST');
  });
  const [inner, missing] = await Promise.all(messages);
  expect(inner).toBe(missing);
  expect(inner).toContain('address of HOST is unknown or not allowed');
});

test('names whose server is silent keep no other fetch waiting, and end with their clients', async () => {
  const body = await picture();
  const port = await serverAt('127.0.0.1', 0, { body });
  const names = await startNameServer((name, family) =>
    name.includes('silent') ? undefined : family === 4 ? ['127.0.0.1'] : [],
  );
  closeAtEnd(names);
  const ended: unknown[] = [];
  const real = createLookUp({ timeoutMs: 60_000, servers: [names.address] });
  const lookUp: typeof real = async (host, signal) =>
    await real(host, signal).catch((error: unknown) => {
      ended.push(host);
      throw error;
    });
  const remote = createRemote({
    config: { ...outsideOnly, REMOTE_TIMEOUT_MS: 60_000 },
    maxBytes: 1e6,
    lookUp,
  });
  const client = new AbortController();
  const silent = Array.from({ length: 40 }, (_, at) =>
    remote
      .fetch(`http://silent${at}.example:${port}/`, { ...errand, signal: client.signal })
      .catch((error: Error) => error.message),
  );
  expect((await remote.fetch(`http://other.example:${port}/`, errand)).bytes).toEqual(body);
  client.abort();
  expect((await Promise.all(silent)).every((message) => String(message).includes('abort'))).toBe(true);
  while (ended.length < 40) await remote.fetch(`http://other.example:${port}/`, errand);
});
