import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Problem } from '../../common/problem.ts';

/** How long a client may go on sending after its answer, so that it reads the answer. */
const linger = { silenceMs: 500, mostMs: 5_000 } as const;

/** Headers that limit what browsers do with a picture: SVG can contain scripts. */
export const pictureHeaders = (mime: string): Readonly<Record<string, string>> => ({
  'content-type': mime,
  'x-content-type-options': 'nosniff',
  ...(mime === 'image/svg+xml'
    ? { 'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox" }
    : {}),
});

/** Reads and drops the rest of the body before closing: closing earlier would discard what the client has not read. */
function endAfterLinger(req: IncomingMessage, res: ServerResponse): void {
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

/** `complete` alone is not enough: it is false until the end of the turn in which the head was read. */
const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

/**
 * Answers with all of `body` at once. When the request's body is still arriving, drops it for a moment and then closes
 * the connection.
 */
export function answerText(req: IncomingMessage, res: ServerResponse, status: number, body: string): void {
  if (res.headersSent || res.destroyed) return void res.destroy();
  const isEarly = !req.complete && hasBody(req);
  const headers = { 'content-length': Buffer.byteLength(body), ...(isEarly ? { connection: 'close' } : {}) };
  res.writeHead(status, headers);
  if (!isEarly) return void res.end(body);
  res.write(body);
  endAfterLinger(req, res);
}

/** Answers a failure as JSON. */
export function answerProblem(req: IncomingMessage, res: ServerResponse, problem: Problem): void {
  if (!res.headersSent) {
    res.setHeader('content-type', 'application/json');
    if (problem.retryAfter !== undefined) res.setHeader('retry-after', problem.retryAfter);
  }
  answerText(req, res, problem.status, JSON.stringify({ message: problem.message, status: problem.status }));
}
