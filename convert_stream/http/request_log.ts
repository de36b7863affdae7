import type { IncomingMessage, ServerResponse } from 'node:http';
import { discard, type Log, type LogFields } from '../../common/log/log.ts';
import { redactUrl } from '../../common/secrets.ts';
import { currentSpanContext } from '../../common/telemetry/spans.ts';
import { parseTraceHeaders, traceFields } from '../../common/trace.ts';

const notes = new WeakMap<ServerResponse, LogFields>();

/** Adds fields to the log line of this request; later ones win. */
export const note = (res: ServerResponse, facts: LogFields): void => {
  notes.set(res, { ...notes.get(res), ...facts });
};

/** The fields that have been noted for this request. */
export const notesOf = (res: ServerResponse): LogFields => notes.get(res) ?? {};

/** The request as Cloud Logging shows it. */
const httpRequest = (req: IncomingMessage, res: ServerResponse, ms: number) => ({
  requestMethod: req.method,
  requestUrl: redactUrl((req as { originalUrl?: string }).originalUrl ?? req.url ?? ''),
  status: statusOf(res),
  remoteIp: req.socket.remoteAddress,
  latency: `${(ms / 1000).toFixed(6)}s`,
  ...(req.headers['user-agent'] ? { userAgent: req.headers['user-agent'] } : {}),
  ...(req.headers.referer ? { referer: req.headers.referer } : {}),
});

/** nginx's status for a client that disconnected before its answer. */
const clientClosedRequest = 499;
const statusOf = (res: ServerResponse): number =>
  res.writableFinished ? res.statusCode : clientClosedRequest;

/** Watches a request, and passes it on. */
export type Middleware = (req: IncomingMessage, res: ServerResponse, next: () => void) => void;

/** Writes one line for each request, when its response is sent or its client disconnects. */
export const requestLog =
  (log: Log, project?: string): Middleware =>
  (req, res, next) => {
    const startMs = performance.now();
    const trace = currentSpanContext() ?? parseTraceHeaders(req.headers);
    res.on('close', () => {
      const write = statusOf(res) >= 500 ? log.error : log.info;
      if (write === discard) return;
      const ms = performance.now() - startMs;
      const request = httpRequest(req, res, ms);
      const facts = {
        httpRequest: request,
        ms: Math.round(ms),
        ...traceFields(trace, project),
        ...notes.get(res),
      };
      const [path] = request.requestUrl.split('?');
      write(facts, `${req.method} ${path} ${request.status}`);
    });
    next();
  };
