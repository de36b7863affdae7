import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readPicture } from './pictures.ts';

interface Ask {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  /** Parts of the path after the first. */
  readonly rest: readonly string[];
  readonly folder: string;
}

async function send({ req, res, folder }: Ask, name = ''): Promise<void> {
  const bytes = await readPicture(folder, name);
  res.writeHead(200, { 'content-length': bytes.length, 'content-type': 'application/octet-stream' });
  res.end(req.method === 'HEAD' ? undefined : bytes);
}

const refuse = ({ res }: Ask): void => void res.writeHead(403).end('no');
const redirect = ({ res }: Ask, location: string): void => void res.writeHead(302, { location }).end();
const header = ({ req, rest }: Ask): string | undefined =>
  req.headers[rest[0]?.toLowerCase() ?? '']?.toString();
const sendIf = (ask: Ask, holds: boolean, name = ''): unknown => (holds ? send(ask, name) : refuse(ask));

/** What the first part of a path makes the server do. */
const kinds: Readonly<Record<string, (ask: Ask) => unknown>> = {
  redirect: (ask) => redirect(ask, `/${ask.rest.join('/')}`),
  'redirect-loop': (ask) => redirect(ask, '/redirect-loop'),
  status: ({ res, rest: [status = '500'] }) => {
    res.writeHead(Number(status), { 'content-type': 'text/plain' });
    res.end(['204', '304'].includes(status) ? undefined : `status ${status}`);
  },
  chunked: async ({ req, res, rest: [name = ''], folder }) => {
    const bytes = await readPicture(folder, name);
    res.writeHead(200, { 'content-type': 'application/octet-stream' });
    if (req.method !== 'HEAD') res.write(bytes.subarray(0, 100));
    res.end(req.method === 'HEAD' ? undefined : bytes.subarray(100));
  },
  empty: ({ res }) => res.writeHead(200, { 'content-length': 0 }).end(),
  need: (ask) => sendIf(ask, (header(ask) ?? '') === ask.rest[1], ask.rest[2]),
  forbid: (ask) => sendIf(ask, header(ask) === undefined, ask.rest[1]),
  prefix: (ask) => sendIf(ask, (header(ask) ?? '').startsWith(`${ask.rest[1]}/`), ask.rest[2]),
};

export interface Origin {
  readonly url: string;
  readonly host: string;
  /** Requests so far. */
  readonly requests: () => number;
  readonly close: () => Promise<void>;
}

const closed = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });

/** The web server that the cases fetch their pictures from. */
export async function startOrigin(folder: string, address = '127.0.0.1', port = 0): Promise<Origin> {
  let requests = 0;
  const server = createServer(async (req, res) => {
    requests += 1;
    const parts = decodeURIComponent(new URL(req.url ?? '', 'http://x').pathname)
      .split('/')
      .filter(Boolean);
    const [kind = '', ...rest] = parts;
    const ask = { req, res, rest, folder };
    try {
      await (kinds[kind] ? kinds[kind](ask) : send(ask, parts.at(-1)));
    } catch {
      res.writeHead(404).end('not found');
    }
  });
  await new Promise<void>((resolve) => server.listen(port, address, () => resolve()));
  const host = `${address}:${(server.address() as AddressInfo).port}`;
  return { host, url: `http://${host}`, requests: () => requests, close: () => closed(server) };
}
