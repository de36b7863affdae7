import { mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { closeAtEnd, get, messageOf, picture, type Server, send, sizeOf, startServer } from './setup.ts';

async function folder(): Promise<string> {
  const dir = await mkdtemp(path.join(tmpdir(), 'imagetx-mount-'));
  closeAtEnd({ close: () => rm(dir, { recursive: true }) });
  return dir;
}

/** A web server for the tests of one file; it counts its requests. */
async function website(answer: RequestListener) {
  const asked: string[] = [];
  const server = createServer((req, res) => {
    asked.push(`${req.method} ${req.url}`);
    answer(req, res);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  closeAtEnd({ close: () => server.closeAllConnections() ?? server.close() });
  return { asked, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

describe('a mounted folder', () => {
  let server: Server;
  let dir: string;
  beforeAll(async () => {
    dir = await folder();
    const small = await picture();
    await mkdir(path.join(dir, 'mount/sub'), { recursive: true });
    await mkdir(path.join(dir, 'mount-secret'));
    const files = [
      'mount/a.png',
      'mount/sub/b c.png',
      'mount/100%25.png',
      'mount/plus+.png',
      'mount-secret/x.png',
      'out.png',
    ];
    await Promise.all(files.map((file) => writeFile(path.join(dir, file), small)));
    await symlink(path.join(dir, 'out.png'), path.join(dir, 'mount/link.png'));
    await symlink(path.join(dir, 'mount-secret'), path.join(dir, 'mount/linked'));
    await symlink('a.png', path.join(dir, 'mount/inner-link.png'));
    server = await startServer(['-mount', path.join(dir, 'mount')]);
  });

  const readable = [
    'a.png',
    '/a.png',
    'sub/b%20c.png',
    'sub/b+c.png',
    'sub/b%2520c.png',
    'sub/../a.png',
    'inner-link.png',
    'plus%2B.png',
    'plus%252B.png',
    '100%2525.png',
  ];
  test.each(readable)('gives %s', async (file) => {
    expect((await get(server.url, `/info?file=${file}`)).status).toBe(200);
  });

  const refused = [
    'link.png',
    'linked/x.png',
    '../out.png',
    '../mount-secret/x.png',
    '..%2fout.png',
    '..%252fout.png',
    '%252e%252e%252fout.png',
    'sub/../../out.png',
    '....//out.png',
    'a.png%00',
    'a.png%2500',
    'sub',
    '',
    '/',
    'nothing.png',
    '..\\out.png',
    '/etc/passwd',
    'file:///etc/passwd',
  ];
  test.each(refused)('does not give %s', async (file) => {
    const answer = await get(server.url, `/info?file=${file}`);
    expect([answer.status, messageOf(answer)]).toEqual([
      400,
      file === '' ? 'Cannot process the image due to missing or invalid params' : 'Invalid file path',
    ]);
  });

  test('If-None-Match: * is 304 where there is an answer, and as without it where there is none', async () => {
    const ask = (asked: string) => get(server.url, asked, { 'if-none-match': '*' });
    const paths = [
      'resize?width=20&',
      'resize?',
      'resize?width=20&type=bad&',
      'extract?areawidth=9&top=900&',
    ];
    const answers = await Promise.all(paths.map((one) => ask(`/${one}file=sub/b+c.png`)));
    expect(answers.map(({ status }) => status)).toEqual([304, 400, 400, 400]);
    expect(answers[0]?.body).toHaveLength(0);
    expect(answers[0]?.headers.etag).toBeDefined();
  });

  test('an answer that the client has is 304, and a changed file is a new answer', async () => {
    const first = await get(server.url, '/resize?width=20&file=sub/b+c.png');
    const tag = String(first.headers.etag);
    const again = await get(server.url, '/resize?width=20&file=sub/b+c.png', {
      'if-none-match': `"x", W/${tag}`,
    });
    expect([first.status, again.status, again.body.length, again.headers.etag]).toEqual([200, 304, 0, tag]);
    await utimes(path.join(dir, 'mount/sub/b c.png'), 1, 1);
    const changed = await get(server.url, '/resize?width=20&file=sub/b+c.png', { 'if-none-match': tag });
    expect(changed.status).toBe(200);
  });

  test('HEAD answers as GET does, without the picture', async () => {
    const [whole, head] = await Promise.all(
      ['GET', 'HEAD'].map((method) => send(server.url, { method, path: '/resize?width=20&file=a.png' })),
    );
    expect([head?.status, head?.headers['content-length'], head?.body.length]).toEqual([
      200,
      whole?.headers['content-length'],
      0,
    ]);
  });

  test('an answer that depends on where an address without escapes stands has an ETag of its own', async () => {
    const paths = [
      '/resize?file=a.png&width=20&dpr=2&url=http://x.example/?a=1',
      '/resize?file=a.png&width=20&url=http://x.example/?a=1&dpr=2',
    ];
    const [one, other] = await Promise.all(paths.map((path) => get(server.url, path)));
    expect(one?.body).not.toEqual(other?.body);
    expect(one?.headers.etag).not.toBe(other?.headers.etag);
  });

  test('the short form resizes by w and h, or l, and gives the picture as it is without', async () => {
    const sizes = [
      '/images/a.png',
      '/images/a.png?w=30',
      '/images/a.png?w=30&h=10',
      '/images/sub/b%20c.png?l=20',
      '/images/a.png?type=webp',
      '/images/a.png?fm=webp',
      '/images/a.png?w=30&width=15',
      '/images/a.png?width=15&w=30',
    ];
    const answers = await Promise.all(sizes.map((one) => get(server.url, one)));
    expect(await Promise.all(answers.map(sizeOf))).toEqual([
      { format: 'png', width: 60, height: 40 },
      { format: 'png', width: 30, height: 20 },
      { format: 'png', width: 30, height: 10 },
      { format: 'png', width: 30, height: 20 },
      { format: 'webp', width: 60, height: 40 },
      { format: 'webp', width: 60, height: 40 },
      { format: 'png', width: 15, height: 10 },
      { format: 'png', width: 15, height: 10 },
    ]);
    const outside = await get(server.url, '/images/..%2fout.png');
    expect(outside.status).toBe(301);
    expect((await get(server.url, '/images/link.png')).status).toBe(400);
  });
});

describe('a picture by URL', () => {
  test('is counted while it arrives, for any announced length', async () => {
    const site = await website((req, res) => {
      res.writeHead(200);
      if (req.method === 'HEAD') return void res.end();
      const more = (): unknown =>
        res.destroyed || (res.write(Buffer.alloc(65_536)) ? setImmediate(more) : res.once('drain', more));
      more();
    });
    const server = await startServer(['-enable-url-source', '-max-allowed-size', '1000000']);
    const answer = await get(server.url, `/info?url=${site.url}/endless`);
    expect([answer.status, messageOf(answer)]).toEqual([
      400,
      'Content-Length of more than 1000000 exceeds maximum allowed 1000000 bytes',
    ]);
  });

  test('is limited without a setting too', async () => {
    const site = await website((_req, res) =>
      res.writeHead(200, { 'content-length': 70_000_000 }).write('x'),
    );
    const server = await startServer(['-enable-url-source']);
    expect(messageOf(await get(server.url, `/info?url=${site.url}/large`))).toContain(
      'Content-Length 70000000 exceeds',
    );
  });

  test('fails when it takes too long', async () => {
    const site = await website(() => {});
    const server = await startServer(['-enable-url-source'], { REMOTE_TIMEOUT_MS: '50' });
    const answer = await get(server.url, `/info?url=${site.url}/silent`);
    expect([answer.status, messageOf(answer)]).toEqual([
      400,
      expect.stringContaining('error fetching remote http image: '),
    ]);
  });

  const codings = [
    ['gzip', gzipSync],
    ['GZIP', gzipSync],
    ['x-gzip', gzipSync],
    ['deflate', deflateSync],
    ['Deflate', deflateRawSync],
    ['br', brotliCompressSync],
    ['gzip, identity', gzipSync],
  ] as const;
  test.each(codings)('may come with Content-Encoding: %s, within the limit', async (coding, pack) => {
    const body = await picture();
    const site = await website((req, res) => {
      res.writeHead(200, { 'content-encoding': coding });
      res.end(pack(req.url === '/bomb' ? Buffer.alloc(5_000_000) : body));
    });
    const server = await startServer(['-enable-url-source'], { MAX_INPUT_BYTES: '1000000' });
    const [small, bomb] = await Promise.all(
      ['/small', '/bomb'].map((one) => get(server.url, `/info?url=${site.url}${one}`)),
    );
    expect([small?.status, bomb?.status]).toEqual([200, 400]);
    expect(bomb && messageOf(bomb)).toContain('exceeds maximum allowed 1000000 bytes');
  });

  const locations = [
    ['/caf\u00c3\u00a9.png', '/caf%C3%A9.png'],
    ['/caf%C3%A9.png?q=\u00c3\u00a9', '/caf%C3%A9.png?q=%C3%A9'],
    ['/latin-\u00e9.png', '/latin-%E9.png'],
  ] as const;
  test.each(locations)('a redirect to the raw bytes %j asks for %s', async (location, path) => {
    const body = await picture();
    const site = await website((req, res) => {
      if (req.url === '/') res.writeHead(302, { location }).end();
      else res.end(body);
    });
    const server = await startServer(['-enable-url-source']);
    await get(server.url, `/info?url=${site.url}/`);
    expect(site.asked[1]?.toUpperCase()).toBe(`GET ${path}`.toUpperCase());
  });

  test('a failure names the last URL without its query, which may be the right to read it', async () => {
    const site = await website((req, res) => {
      if (req.url === '/') res.writeHead(302, { location: '/a.png?X-Any-Grant=c0ffee' }).end();
      else res.writeHead(403).end();
    });
    const server = await startServer(['-enable-url-source']);
    const answer = await get(server.url, `/info?url=${site.url}/`);
    expect([answer.status, messageOf(answer)]).toEqual([
      403,
      `error fetching remote http image: (status=403) (url=${site.url}/a.png)`,
    ]);
  });

  test('redirects are followed as often as the setting says', async () => {
    const body = await picture();
    const site = await website((req, res) => {
      const left = Number(req.url?.slice(1));
      if (left === 0) res.end(body);
      else res.writeHead(302, { location: `/${left - 1}` }).end();
    });
    const usual = await startServer(['-enable-url-source']);
    const many = await startServer(['-enable-url-source'], { MAX_REDIRECTS: '10' });
    const ask = async (server: Server, hops: number) =>
      (await get(server.url, `/info?url=${site.url}/${hops}`)).status;
    expect([await ask(usual, 3), await ask(usual, 4), await ask(many, 10), await ask(many, 11)]).toEqual([
      200, 400, 200, 400,
    ]);
  });

  test('secrets meant for one server do not go to another', async () => {
    const body = await picture();
    const sent: unknown[] = [];
    const second = await website((req, res) => {
      sent.push([req.headers.authorization, req.headers.cookie, req.headers['x-custom']]);
      res.end(body);
    });
    const first = await website((_req, res) => res.writeHead(302, { location: `${second.url}/x` }).end());
    const server = await startServer([
      '-enable-url-source',
      '-enable-auth-forwarding',
      '-forward-headers',
      'Cookie,X-Custom',
    ]);
    const headers = { authorization: 'Bearer a', cookie: 'b=c', 'x-custom': 'd' };
    await get(server.url, `/info?url=${first.url}/`, headers);
    await get(server.url, `/info?url=${second.url}/`, headers);
    expect(sent).toEqual([
      [undefined, undefined, undefined],
      ['Bearer a', 'b=c', 'd'],
    ]);
  });

  test('requests alike that are in flight fetch and convert once; others do not share', async () => {
    const body = await picture(400, 300);
    const waiting: (() => void)[] = [];
    let arrived = (): void => {};
    const site = await website((_req, res) => {
      waiting.push(() => res.end(body));
      arrived();
    });
    const server = await startServer(['-enable-url-source']);
    const fetched = (count: number): Promise<void> =>
      new Promise((resolve) => {
        arrived = () => waiting.length === count && resolve();
        arrived();
      });
    const path = `/resize?width=50&url=${site.url}/a`;
    const both = fetched(2);
    const alike = Array.from({ length: 8 }, () => get(server.url, path));
    const other = get(server.url, path, { authorization: 'Bearer somebody' });
    await both;
    // All of them have arrived: the server answers one more request only after it has seen these.
    await get(server.url, '/health');
    for (const answer of waiting) answer();
    const answers = await Promise.all([...alike, other]);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(site.asked).toEqual(['GET /a', 'GET /a']);
  });

  test('a fetch ends when the last client that waits for it disconnects', async () => {
    const closed: string[] = [];
    const site = await website((req, res) => {
      res.write('x');
      req.socket.once('close', () => closed.push(`${req.url}`));
    });
    const { url } = await startServer(['-enable-url-source'], { REMOTE_TIMEOUT_MS: '600000' });
    const { hostname, port } = new URL(url);
    const clients = await Promise.all(
      [1, 2].map(async () => {
        const socket = connect(Number(port), hostname);
        socket.write(`GET /info?url=${site.url}/slow HTTP/1.1\r\nhost: x\r\n\r\n`);
        await get(url, '/health');
        return socket;
      }),
    );
    while (site.asked.length < 1) await get(url, '/health');
    clients[0]?.destroy();
    for (let asked = 0; asked < 5; asked += 1) await get(url, '/health');
    expect(closed).toEqual([]);
    clients[1]?.destroy();
    while (closed.length < 1) await get(url, '/health');
    expect(site.asked).toEqual(['GET /slow']);
  });

  test('a name and password in the URL are sent, and shown in no message', async () => {
    const sent: unknown[] = [];
    const site = await website((req, res) => {
      sent.push(req.headers.authorization);
      res.writeHead(404).end();
    });
    const server = await startServer(['-enable-url-source']);
    const secret = site.url.replace('://', '://user:p%2540w@');
    const answers = [
      await get(server.url, `/info?url=${secret}/x`),
      await send(server.url, {
        method: 'POST',
        path: `/watermarkimage?image=${secret}/x`,
        body: await picture(),
      }),
    ];
    const basic = `Basic ${Buffer.from('user:p@w').toString('base64')}`;
    expect(sent).toEqual([basic, basic]);
    for (const { body } of answers) expect(body.toString()).not.toMatch(/user|p%40w|p@w/);
  });

  test('a watermark is fetched under the same rules', async () => {
    const site = await website(async (_req, res) => void res.end(await picture(10, 10)));
    const guarded = await startServer([], { ALLOWED_PRIVATE_NETWORKS: '' });
    const listed = await startServer(['-allowed-origins', 'https://img.example.org']);
    const open = await startServer();
    const ask = async (server: Server) =>
      (
        await send(server.url, {
          method: 'POST',
          path: `/watermarkimage?image=${site.url}/logo.png`,
          body: await picture(),
        })
      ).status;
    expect([await ask(guarded), await ask(listed), await ask(open)]).toEqual([400, 400, 200]);
  });
});
