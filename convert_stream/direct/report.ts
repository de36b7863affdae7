import { Problem } from '../../common/problem.ts';
import { disconnectSignal } from '../http/disconnect.ts';
import type { GuardedExchange } from '../http/exchange.ts';
import { note } from '../http/request_log.ts';
import type { UploadStatus } from './status.ts';
import type { Watches } from './watch.ts';

const maxWaitSeconds = 60;

/** @throws Problem `invalid_param`. */
function waitSeconds({ query }: GuardedExchange): number {
  const text = query.texts.get('wait') ?? '0';
  const seconds = Number(text);
  if (text !== '' && seconds >= 0 && seconds <= maxWaitSeconds) return seconds;
  throw new Problem(
    'invalid_param',
    `wait: expected seconds from 0 to ${maxWaitSeconds}, got ${JSON.stringify(text)}`,
  );
}

/**
 * Aborted after that time, or when the client leaves. A client that only closes its sending side counts as one that has
 * left, and gets what there is: the server cannot tell the two apart before it writes.
 */
function waitSignal({ req, res }: GuardedExchange, ms: number): AbortSignal {
  const left = new AbortController();
  const leave = (): void => left.abort();
  req.socket.once('end', leave);
  res.once('close', () => req.socket.off('end', leave));
  return AbortSignal.any([AbortSignal.timeout(ms), left.signal, disconnectSignal(res)]);
}

/** The state when every output is settled, or when the time is up. */
async function lastStatus(id: string, signal: AbortSignal, { follow, read }: Watches): Promise<UploadStatus> {
  let last: UploadStatus | undefined;
  for await (const status of follow(id, signal)) last = status;
  return last ?? (await read(id));
}

/** Answers with the state as JSON; `?wait=30` waits up to 30 seconds until nothing is waiting. */
export async function sendStatus(exchange: GuardedExchange, id: string, watches: Watches): Promise<void> {
  const { res } = exchange;
  const seconds = waitSeconds(exchange);
  const status =
    seconds > 0
      ? await lastStatus(id, waitSignal(exchange, seconds * 1000), watches)
      : await watches.read(id);
  if (res.destroyed) return;
  note(res, { event: 'upload_status', state: status.state });
  res.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  res.end(JSON.stringify(status));
}

/** Keeps proxies from closing a silent connection. */
const heartbeatMs = 15_000;
/** A stream ends before front ends cut it; browsers connect again by themselves. */
const longestStreamMs = 240_000;
/** The id of the event that says that nothing more will come. */
const settledId = 'settled';

const eventOf = (status: UploadStatus): string => {
  const id = status.state === 'waiting' ? '' : `id: ${settledId}\n`;
  return `event: status\n${id}data: ${JSON.stringify(status)}\n\n`;
};

/** Answers with server-sent events: the state now, and again after each change, until nothing is waiting. */
export async function sendEvents(exchange: GuardedExchange, id: string, { follow }: Watches): Promise<void> {
  const { req, res } = exchange;
  // After the end of a stream browsers connect again; 204 stops them.
  if (req.headers['last-event-id'] === settledId) return void res.writeHead(204).end();
  const statuses = follow(id, waitSignal(exchange, longestStreamMs));
  const first = await statuses.next();
  note(res, { event: 'upload_events' });
  const headers = {
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  };
  res.writeHead(200, headers);
  const heartbeat = setInterval(() => res.write(':\n\n'), heartbeatMs);
  try {
    if (!first.done) res.write(`retry: 2000\n${eventOf(first.value)}`);
    for await (const status of statuses) res.write(eventOf(status));
  } finally {
    clearInterval(heartbeat);
  }
  res.end();
}
