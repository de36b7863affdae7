import type { IncomingMessage, ServerResponse } from 'node:http';
import { seeded } from './seeded.ts';

/** An injected fault of matching calls. */
export type Fault = {
  /** Request method, and a regular expression for path and query. */
  readonly method?: string;
  readonly path?: string;
  /** Number of matching calls that it affects. Default: 1, or no limit with a probability. */
  readonly times?: number;
  /** Affects each matching call with this probability, drawn from a generator seeded with `seed` (1). */
  readonly probability?: number;
  readonly seed?: number;
  /** Delays the call, then continues as usual or as the fields below say. */
  readonly delayMs?: number;
  /** Answers with this status instead of serving the call. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Cuts the connection after this many bytes of the request body: the call is not carried out. */
  readonly cutRequestAfterBytes?: number;
  /** Cuts it after this many bytes of the response, headers included: the call is carried out. 0 loses the response. */
  readonly cutResponseAfterBytes?: number;
};

type Armed = { readonly fault: Fault; readonly random: () => number; left: number; hits: number };
export type Faults = ReturnType<typeof createFaults>;

const controlPath = '/_faults';

/**
 * The injected faults of one emulator. Call `intercept` first in the request handler; it resolves to true when it has
 * handled the call. Over HTTP: POST a fault or a list to `/_faults`, GET lists them, DELETE removes them.
 */
export function createFaults() {
  let armed: readonly Armed[] = [];
  const faults = {
    add(...added: readonly Fault[]): void {
      armed = [...armed, ...added.map(arm)];
    },
    clear(): void {
      armed = [];
    },
    list: () =>
      armed.map(({ fault, left, hits }) => ({ ...fault, left: Number.isFinite(left) ? left : null, hits })),

    async intercept(req: IncomingMessage, res: ServerResponse): Promise<boolean> {
      if (req.url === controlPath) return control(faults, req, res);
      const hit = armed.find((candidate) => isHit(candidate, req));
      if (hit === undefined) return false;
      hit.left -= 1;
      hit.hits += 1;
      return inject(hit.fault, req, res);
    },
  };
  return faults;
}

function arm(fault: Fault): Armed {
  const times = fault.times ?? (fault.probability === undefined ? 1 : Number.POSITIVE_INFINITY);
  return { fault, random: seeded(fault.seed ?? 1), left: times, hits: 0 };
}

function isHit({ fault, random, left }: Armed, req: IncomingMessage): boolean {
  if (left <= 0) return false;
  if (fault.method !== undefined && fault.method !== req.method) return false;
  if (fault.path !== undefined && !new RegExp(fault.path).test(req.url ?? '')) return false;
  return fault.probability === undefined || random() < fault.probability;
}

async function inject(fault: Fault, req: IncomingMessage, res: ServerResponse): Promise<boolean> {
  if (fault.delayMs !== undefined) await new Promise((resolve) => setTimeout(resolve, fault.delayMs));
  if (fault.cutRequestAfterBytes !== undefined) cutRequest(req, fault.cutRequestAfterBytes);
  if (fault.cutResponseAfterBytes !== undefined) cutResponse(res, fault.cutResponseAfterBytes);
  if (fault.status === undefined) return req.destroyed;
  const body = JSON.stringify({ error: { code: fault.status, message: 'injected fault' } });
  req.resume();
  res.writeHead(fault.status, { 'content-type': 'application/json', ...fault.headers }).end(body);
  return true;
}

/** The HTTP parser delivers body bytes through `push`, before any reader sees them. */
function cutRequest(req: IncomingMessage, bytes: number): void {
  let left = bytes;
  const push = req.push.bind(req);
  if (left === 0) req.destroy();
  req.push = (chunk: Buffer | null, encoding?: BufferEncoding) => {
    if (chunk === null || chunk.length <= left) {
      left -= chunk?.length ?? 0;
      return push(chunk, encoding);
    }
    if (left > 0) push(chunk.subarray(0, left));
    req.destroy();
    return false;
  };
}

function cutResponse(res: ServerResponse, bytes: number): void {
  const { socket } = res;
  if (!socket) return;
  let left = bytes;
  const write = socket.write.bind(socket) as (...args: unknown[]) => boolean;
  const cutting = (chunk: Uint8Array | string, encoding?: unknown, done?: unknown): boolean => {
    const data = typeof chunk === 'string' ? Buffer.from(chunk, encoding as BufferEncoding) : chunk;
    if (data.length <= left) {
      left -= data.length;
      return write(data, done ?? encoding);
    }
    write(data.subarray(0, left), () => socket.destroy());
    left = 0;
    return false;
  };
  socket.write = cutting as typeof socket.write;
}

async function control(faults: Faults, req: IncomingMessage, res: ServerResponse): Promise<boolean> {
  const isLoopback = /^(127\.|::1$|::ffff:127\.)/.test(req.socket.remoteAddress ?? '');
  if (!isLoopback) return Boolean(res.writeHead(403).end());
  if (req.method === 'DELETE') faults.clear();
  if (req.method === 'POST') {
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk);
    faults.add(...([JSON.parse(Buffer.concat(chunks).toString())].flat() as Fault[]));
  }
  res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(faults.list()));
  return true;
}
