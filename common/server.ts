import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

export interface ListenOptions {
  /** An address of this machine; `0.0.0.0` for all. */
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** How long running requests may take to finish once closing has begun. */
  readonly drainMs: number;
  /** Resolves when the service can work; until then `/readyz` says 503. */
  readonly warm?: Promise<unknown>;
  readonly tls?: { readonly key: string | Buffer; readonly cert: string | Buffer };
}

export interface Running {
  readonly url: string;
  readonly isDraining: () => boolean;
  /** Stops accepting, lets running requests finish within `drainMs`, cuts off the rest. Idempotent. */
  close(): Promise<void>;
}

const serverOptions = {
  /** Long signed URLs with pipelines: as Go's default. */
  maxHeaderSize: 1024 * 1024,
  headersTimeout: 10_000,
  /** The whole request, a slow upload included; an idle upload ends sooner. */
  requestTimeout: 300_000,
  /** Longer than the load balancers in front keep theirs, so that they close first. */
  keepAliveTimeout: 620_000,
  connectionsCheckingInterval: 5_000,
} as const;

/**
 * Where a program listens: where HOST says; else everywhere in a container of Cloud Run,
 * and on loopback only on a laptop.
 */
export const hostOf = ({
  HOST,
  K_SERVICE,
}: {
  readonly HOST?: string;
  readonly K_SERVICE?: string;
}): string => HOST || (K_SERVICE ? '0.0.0.0' : '127.0.0.1');

function answer(res: ServerResponse, status: number, text: string): void {
  res.writeHead(status, { 'content-type': 'text/plain', 'cache-control': 'no-store' }).end(`${text}\n`);
}

async function bind(server: Server, { host, port }: ListenOptions): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function urlOf(server: Server, { host, tls }: ListenOptions): string {
  const { port } = server.address() as AddressInfo;
  const name = ['0.0.0.0', '::'].includes(host) ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  return `${tls ? 'https' : 'http'}://${name}:${port}`;
}

/** Serves `handler`, with `/healthz` and `/readyz` in front of it. Resolves when it listens. */
export async function listen(handler: RequestListener, options: ListenOptions): Promise<Running> {
  const { drainMs, warm, tls } = options;
  let isReady = warm === undefined;
  let closing: Promise<void> | undefined;
  warm?.then(
    () => {
      isReady = true;
    },
    () => {},
  );

  const probes: Readonly<Record<string, (res: ServerResponse) => void>> = {
    '/healthz': (res) => answer(res, 200, 'ok'),
    '/readyz': (res) => {
      if (closing) return answer(res, 503, 'draining');
      return isReady ? answer(res, 200, 'ready') : answer(res, 503, 'starting');
    },
  };

  const serve = (req: IncomingMessage, res: ServerResponse): void => {
    if (closing) res.setHeader('connection', 'close');
    // A connection that was busy when closing began is idle, and in the way, once it is answered.
    res.once('close', () => closing && setImmediate(() => server.closeIdleConnections()));
    const probe = req.method === 'GET' || req.method === 'HEAD' ? probes[req.url ?? ''] : undefined;
    if (probe) probe(res);
    else handler(req, res);
  };

  const server: Server = tls
    ? createTlsServer({ ...serverOptions, ...tls }, serve)
    : createServer(serverOptions, serve);
  await bind(server, options);

  const drain = async (): Promise<void> => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeIdleConnections();
    const late = setTimeout(() => server.closeAllConnections(), drainMs);
    await closed;
    clearTimeout(late);
  };

  return {
    url: urlOf(server, options),
    isDraining: () => closing !== undefined,
    close: () => {
      closing ??= drain();
      return closing;
    },
  };
}
