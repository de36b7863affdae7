import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RequestHandler } from 'express';
import type { Log, LogFields } from '../../common/log.ts';
import { shownUrl } from '../../common/secrets.ts';
import { currentSpanContext } from '../../common/telemetry/spans.ts';
import { parseTraceHeaders, traceFields } from '../../common/trace.ts';

const noted = new WeakMap<ServerResponse, LogFields>();

/** LogFields for the one line of this request; later ones win. */
export const note = (res: ServerResponse, facts: LogFields): void => {
  noted.set(res, { ...noted.get(res), ...facts });
};

/** What has been noted of this request. */
export const notedOf = (res: ServerResponse): LogFields => noted.get(res) ?? {};

/** What Cloud Logging shows as the request. */
const httpRequest = (req: IncomingMessage, res: ServerResponse, seconds: number): LogFields => ({
  requestMethod: req.method,
  requestUrl: shownUrl((req as { originalUrl?: string }).originalUrl ?? req.url ?? ''),
  status: statusOf(res),
  remoteIp: req.socket.remoteAddress,
  latency: `${seconds.toFixed(6)}s`,
  ...(req.headers['user-agent'] ? { userAgent: req.headers['user-agent'] } : {}),
  ...(req.headers.referer ? { referer: req.headers.referer } : {}),
});

/** nginx's number for a client that went away before its answer. */
const clientGone = 499;
const statusOf = (res: ServerResponse): number => (res.writableFinished ? res.statusCode : clientGone);

/** One line per request, when its answer is out or its client gone. */
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
        ...noted.get(res),
      };
      const write = status >= 500 ? log.error : log.info;
      write(facts, `${req.method} ${shownUrl(req.path)} ${status}`);
    });
    next();
  };
