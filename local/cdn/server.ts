import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { pipeline } from 'node:stream/promises';
import { createFaults, type Faults } from '../kit/faults.ts';
import { closeServer, listenOn } from '../kit/listening.ts';
import { answerFrom, clientHeaders } from './answer.ts';
import { createLruCache } from './cache.ts';
import { createFiller, type Filled, findServable } from './fill.ts';
import { createBucketOrigin, type OriginAnswer } from './origin.ts';
import { cdnPolicy } from './policy.ts';

export type CdnOptions = {
  /** URL of the storage server, and its public bucket. */
  readonly origin: string;
  readonly bucket: string;
  /** The HTTPS port (0 picks a free one); `httpPort` serves the same without TLS. */
  readonly port: number;
  readonly httpPort?: number;
  readonly tls: { readonly key: string; readonly cert: string };
  /** Query parameters that belong to the cache key; a backend bucket has none by default. */
  readonly keyParams?: readonly string[];
  /** The clock, in milliseconds. */
  readonly now?: () => number;
};

export type LocalCdn = {
  readonly url: string;
  readonly httpUrl?: string;
  readonly faults: Faults;
  close(): Promise<void>;
};

/** An emulator of Cloud CDN before a backend bucket. */
export async function startCdn(options: CdnOptions): Promise<LocalCdn> {
  const faults = createFaults();
  const origin = createBucketOrigin(options.origin, options.bucket);
  const serve = serving({ origin, now: options.now ?? Date.now, keyParams: options.keyParams ?? [] });
  const handle = async (req: IncomingMessage, res: ServerResponse) => {
    try {
      if (await faults.intercept(req, res)) return;
      await serve(req, res);
    } catch {
      if (res.headersSent) return void res.destroy();
      res.writeHead(502, { 'content-type': 'text/plain' }).end('the origin does not answer\n');
    }
  };
  const https = createTlsServer({ ...options.tls }, handle);
  const http = options.httpPort === undefined ? undefined : createServer(handle);
  const url = await listenOn(https, options.port, 'https');
  const httpUrl = http && (await listenOn(http, options.httpPort ?? 0, 'http'));
  return {
    url,
    ...(httpUrl === undefined ? {} : { httpUrl }),
    faults,
    async close() {
      await Promise.all([https, http].map((server) => server && closeServer(server)));
      await origin.close();
    },
  };
}

type Serving = {
  readonly origin: ReturnType<typeof createBucketOrigin>;
  readonly now: () => number;
  readonly keyParams: readonly string[];
};

function serving({ origin, now, keyParams }: Serving) {
  const cache = createLruCache(cdnPolicy.maxCacheBytes);
  const fill = createFiller({ origin, cache, now });

  return async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    if (req.method !== 'GET' && req.method !== 'HEAD')
      return void res.writeHead(405, { allow: 'GET, HEAD' }).end();
    const { key, path } = keyOf(req.url ?? '/', keyParams);
    const held = findServable(cache, key, now());
    if (held) {
      if (!held.isFresh) void refresh(fill(key, path));
      return answerFrom(req, res, { entry: held.entry, status: held.isFresh ? 'hit' : 'stale', now: now() });
    }
    const filled = await fill(key, path);
    if (filled?.kind === 'entry') {
      const status = filled.isRevalidated ? 'revalidated' : 'miss';
      return answerFrom(req, res, { entry: filled.entry, status, now: now() });
    }
    await passThrough(req, res, filled?.answer ?? (await origin.fetch(path, 'GET', {})));
  };
}

/** Refreshes an entry in the background: discards a response that is not cacheable, and ignores failures. */
async function refresh(filling: Promise<Filled | undefined>): Promise<void> {
  try {
    const filled = await filling;
    if (filled?.kind === 'through') await filled.answer.discard();
  } catch {
    // The stale entry is still served; the failure shows when it expires.
  }
}

function keyOf(url: string, keyParams: readonly string[]): { key: string; path: string } {
  const [path = '/', search = ''] = url.split(/\?(.*)/s);
  const query = new URLSearchParams(search);
  const kept = keyParams.flatMap((name) => query.getAll(name).map((value) => `${name}=${value}`));
  return { key: `${path}?${kept.join('&')}`, path };
}

async function passThrough(req: IncomingMessage, res: ServerResponse, answer: OriginAnswer): Promise<void> {
  res.writeHead(answer.status, clientHeaders(answer, 'uncacheable'));
  if (req.method !== 'HEAD') return pipeline(answer.body, res);
  await answer.discard();
  res.end();
}
