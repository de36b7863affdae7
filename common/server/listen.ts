import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { SecureContextOptions } from 'node:tls';
import { answerClientErrors } from './client_errors.ts';
import { createDrain } from './drain.ts';
import { serveExpectations } from './expectations.ts';
import { probeHalfClosed } from './half_closed.ts';
import { listenProblem } from './listen_problem.ts';

export interface ListenOptions {
  /** An address of this machine; `0.0.0.0` for all. */
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** The setting that has the port, for messages; PORT by default. */
  readonly portSetting?: string;
  /** How long running requests may take to finish after closing has begun. */
  readonly drainMs: number;
  /** Resolves when the service is ready; until then `/readyz` answers 503. */
  readonly warm?: Promise<unknown>;
  /** Longest time to receive a whole request; 0: no limit. */
  readonly requestTimeoutMs?: number;
  /** Longest time for the client to read a finished response; 0: no limit. */
  readonly answerTimeoutMs?: number;
  readonly tls?: Pick<SecureContextOptions, 'key' | 'cert' | 'ciphers'>;
}

export interface RunningServer {
  /** Where a program of this machine reaches it. */
  readonly url: string;
  /** The same for people: the address that it listens on, which may be all of this machine's (`0.0.0.0`). */
  readonly place: string;
  readonly isDraining: () => boolean;
  /** Stops accepting connections, lets running requests finish within `drainMs`, then cuts off the rest. Idempotent. */
  close(): Promise<void>;
}

const serverOptions = {
  /** Go's default: signed URLs with pipelines are long. */
  maxHeaderSize: 1024 * 1024,
  headersTimeout: 10_000,
  /** The whole request, including a slow upload; an idle upload is ended sooner. */
  requestTimeout: 300_000,
  /** Longer than load balancers keep idle connections, so that they close first. */
  keepAliveTimeout: 620_000,
  connectionsCheckingInterval: 5_000,
  /** `serve` says what is missing. */
  requireHostHeader: false,
} as const;

/** The address to listen on: HOST if set, else all addresses on Cloud Run and loopback elsewhere. */
export const listenHost = ({
  HOST,
  K_SERVICE,
}: {
  readonly HOST?: string;
  readonly K_SERVICE?: string;
}): string => HOST || (K_SERVICE ? '0.0.0.0' : '127.0.0.1');

function answer(res: ServerResponse, status: number, text: string): void {
  res.writeHead(status, { 'content-type': 'text/plain', 'cache-control': 'no-store' }).end(`${text}\n`);
}

async function bind(server: Server, { host, port, portSetting }: ListenOptions): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const fail = (cause: Error): void => reject(listenProblem(cause, { host, port, portSetting }));
    server.once('error', fail).listen(port, host, () => {
      server.off('error', fail);
      resolve();
    });
  });
}

/** Under that name, or under the name of this machine where it listens on all its addresses. */
function urlOf(server: Server, { host, tls }: ListenOptions, everywhere?: string): string {
  const { port } = server.address() as AddressInfo;
  const name = everywhere && ['0.0.0.0', '::'].includes(host) ? everywhere : host;
  return `${tls ? 'https' : 'http'}://${name.includes(':') ? `[${name}]` : name}:${port}`;
}

/** Log, meters, budgets, probes and queues each wait for the end of a response. */
const maxListeners = 20;

const answerTimeoutMs = 300_000;

/** Cuts off a client that does not read its response, because the response holds memory. */
function endUnread(res: ServerResponse, timeoutMs: number): void {
  res.on('prefinish', () => {
    // The client disconnected before: `close` was emitted already.
    if (res.destroyed) return;
    const late = setTimeout(() => res.destroy(), timeoutMs);
    res.on('close', () => clearTimeout(late));
  });
}

/** RFC 9112, 3.2.2: a server accepts a whole URL as the request target. */
function useOriginForm(req: IncomingMessage): void {
  const { url = '' } = req;
  if (!/^https?:\/\//i.test(url)) return;
  const rest = url.replace(/^https?:\/\/[^/?#]*/i, '');
  req.url = rest.startsWith('/') ? rest : `/${rest}`;
}

/** RFC 9112, 3.2: a server refuses more than one Host header, and none in HTTP/1.1. */
function hostFault({ rawHeaders, httpVersion }: IncomingMessage): string | undefined {
  const isHost = (name: string, at: number): boolean =>
    at % 2 === 0 && name.length === 4 && name.toLowerCase() === 'host';
  const count = rawHeaders.filter(isHost).length;
  if (count > 1) return 'too many Host headers';
  return count === 0 && httpVersion === '1.1' ? 'missing required Host header' : undefined;
}

const isProbe = ({ method, url }: IncomingMessage): boolean =>
  (method === 'GET' || method === 'HEAD') && (url === '/healthz' || url === '/readyz');

/** Serves `/healthz`, `/readyz` and `handler`. Resolves when it listens. @throws Problem when it cannot listen. */
export async function listen(handler: RequestListener, options: ListenOptions): Promise<RunningServer> {
  const { drainMs, warm, tls, answerTimeoutMs: unreadMs = answerTimeoutMs } = options;
  let isReady = warm === undefined;
  warm?.then(
    () => {
      isReady = true;
    },
    () => {},
  );

  const probe = ({ url }: IncomingMessage, res: ServerResponse): void => {
    if (url === '/healthz') answer(res, 200, 'ok');
    else if (drain.isDraining()) answer(res, 503, 'draining');
    else if (isReady) answer(res, 200, 'ready');
    else answer(res, 503, 'starting');
  };
  const serve = (req: IncomingMessage, res: ServerResponse): void => {
    res.setMaxListeners(maxListeners);
    drain.watch(res);
    clientErrors.watch(res);
    probeHalfClosed(req, res);
    if (unreadMs > 0) endUnread(res, unreadMs);
    const fault = hostFault(req);
    if (fault) return void answer(res, 400, fault);
    useOriginForm(req);
    if (isProbe(req)) probe(req, res);
    else handler(req, res);
  };

  const { requestTimeoutMs: requestTimeout = serverOptions.requestTimeout } = options;
  const server: Server = tls
    ? createTlsServer({ ...serverOptions, requestTimeout, ...tls }, serve)
    : createServer({ ...serverOptions, requestTimeout }, serve);
  // A client may close its sending side after a whole request (RFC 9112, 9.6).
  Object.assign(server, { httpAllowHalfOpen: true });
  const clientErrors = answerClientErrors(server);
  const drain = createDrain(server, drainMs);
  serveExpectations(server, serve, drain.isDraining);
  await bind(server, options);
  return {
    url: urlOf(server, options, 'localhost'),
    place: urlOf(server, options),
    isDraining: drain.isDraining,
    close: drain.close,
  };
}
