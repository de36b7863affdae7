import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Problem } from '../../common/problem.ts';

/** How long a client that is still sending is listened to, so that it gets to read its answer. */
const linger = { silenceMs: 500, mostMs: 5_000 } as const;

/** What browsers may make of a picture: SVG can carry scripts. */
export const pictureHeaders = (mime: string): Readonly<Record<string, string>> => ({
  'content-type': mime,
  'x-content-type-options': 'nosniff',
  ...(mime === 'image/svg+xml'
    ? { 'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox" }
    : {}),
});

/** Closing a connection discards what the client has not read yet: the rest of its body is thrown away first. */
function endLate(req: IncomingMessage, res: ServerResponse): void {
  const end = (): void => {
    clearTimeout(silence);
    clearTimeout(most);
    res.end();
    if (!req.complete) req.destroy();
  };
  const silence = setTimeout(end, linger.silenceMs);
  const most = setTimeout(end, linger.mostMs);
  req.on('data', () => silence.refresh());
  req.once('end', end).once('close', end).resume();
}

/** `complete` alone is not enough: it is false until the turn in which the head was read is over. */
const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

/**
 * Answers with all of `body` at once. While the request's body is still coming, the connection is closed
 * after a moment in which the rest is thrown away.
 */
export function answerText(req: IncomingMessage, res: ServerResponse, status: number, body: string): void {
  if (res.headersSent || res.destroyed) return void res.destroy();
  const isEarly = !req.complete && hasBody(req);
  const headers = { 'content-length': Buffer.byteLength(body), ...(isEarly ? { connection: 'close' } : {}) };
  res.writeHead(status, headers);
  if (!isEarly) return void res.end(body);
  res.write(body);
  endLate(req, res);
}

/** Any failure as JSON. */
export function answerProblem(req: IncomingMessage, res: ServerResponse, problem: Problem): void {
  if (!res.headersSent) {
    res.setHeader('content-type', 'application/json');
    if (problem.retryAfter !== undefined) res.setHeader('retry-after', problem.retryAfter);
  }
  answerText(req, res, problem.status, JSON.stringify({ message: problem.message, status: problem.status }));
}
