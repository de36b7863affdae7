import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RequestHandler } from 'express';
import type { Log, LogFields } from '../../common/log/log.ts';
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
const httpRequest = (req: IncomingMessage, res: ServerResponse, seconds: number): LogFields => ({
  requestMethod: req.method,
  requestUrl: redactUrl((req as { originalUrl?: string }).originalUrl ?? req.url ?? ''),
  status: statusOf(res),
  remoteIp: req.socket.remoteAddress,
  latency: `${seconds.toFixed(6)}s`,
  ...(req.headers['user-agent'] ? { userAgent: req.headers['user-agent'] } : {}),
  ...(req.headers.referer ? { referer: req.headers.referer } : {}),
});

/** nginx's status for a client that disconnected before its answer. */
const clientClosedRequest = 499;
const statusOf = (res: ServerResponse): number =>
  res.writableFinished ? res.statusCode : clientClosedRequest;

/** Writes one line for each request, when its response is sent or its client disconnects. */
export const requestLog =
  (log: Log, project?: string): RequestHandler =>
  (req, res, next) => {
    const startMs = performance.now();
    const trace = currentSpanContext() ?? parseTraceHeaders(req.headers);
    res.once('close', () => {
      const ms = performance.now() - startMs;
      const status = statusOf(res);
      const facts = {
        httpRequest: httpRequest(req, res, ms / 1000),
        ms: Math.round(ms),
        ...traceFields(trace, project),
        ...notes.get(res),
      };
      const write = status >= 500 ? log.error : log.info;
      write(facts, `${req.method} ${redactUrl(req.path)} ${status}`);
    });
    next();
  };
