import type { IncomingMessage, ServerResponse } from 'node:http';
import { redactUrl, withoutSecrets } from '../../../common/secrets.ts';
import { type Middleware, notesOf } from '../../../convert_stream/http/request_log.ts';

/** The lowest status that a level logs. */
const levels: Readonly<Record<string, number>> = { info: 0, warning: 400, error: 500 };

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const two = (value: number): string => String(value).padStart(2, '0');

/** `02/Jan/2006 15:04:05` in UTC. */
const timeOf = (date: Date): string =>
  `${two(date.getUTCDate())}/${months[date.getUTCMonth()]}/${date.getUTCFullYear()} ${date.toISOString().slice(11, 19)}`;

/** The reason of a failure as a quoted word. */
function reasonOf(res: ServerResponse): string {
  const { reason } = notesOf(res);
  return typeof reason === 'string' ? ` ${JSON.stringify(withoutSecrets(reason).slice(0, 500))}` : '';
}

/** Imaginary's log line of a request, without keys and signatures, and the reason of a failure. */
function formatLine(req: IncomingMessage, res: ServerResponse, seconds: number): string {
  const { originalUrl = req.url } = req as { originalUrl?: string };
  const request = `${req.method} ${redactUrl(originalUrl ?? '')} HTTP/${req.httpVersion}`;
  const bytes = res.getHeader('content-length') ?? 0;
  const client = req.socket.remoteAddress ?? '-';
  return `${client} - - [${timeOf(new Date())}] "${request}" ${res.statusCode} ${bytes} ${seconds.toFixed(4)}${reasonOf(res)}`;
}

/** Logs each request with a status from that of the level. An unknown level logs nothing. */
export function accessLog(level: string, write: (text: string) => void): Middleware {
  const least = Object.hasOwn(levels, level) ? levels[level] : undefined;
  if (least === undefined) return (_req, _res, next) => next();
  return (req, res, next) => {
    const startMs = performance.now();
    res.once('close', () => {
      if (res.statusCode >= least) write(formatLine(req, res, (performance.now() - startMs) / 1000));
    });
    next();
  };
}
