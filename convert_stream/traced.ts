import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Facts } from '../common/log.ts';
import { recordJob } from '../common/telemetry/job.ts';
import { type Attributes, type Span, startSpan, within } from '../common/telemetry/spans.ts';
import { traceOf } from '../common/trace.ts';
import { notedOf } from './request_log.ts';

/** Facts of a request that its span shows too: nothing of a query, which may hold a key or a signature. */
const shown = [
  'door',
  'event',
  'operation',
  'name',
  'filetype',
  'input',
  'bytesIn',
  'bytes',
  'width',
  'height',
  'pixels',
  'generation',
] as const;

const attributesOf = (facts: Facts): Attributes =>
  Object.fromEntries(shown.map((name) => [name, facts[name]])) as Attributes;

function finish(span: Span, res: ServerResponse): void {
  const facts = notedOf(res);
  recordJob(facts);
  span.set({ 'http.response.status_code': res.statusCode, ...attributesOf(facts) });
  if (facts.code !== undefined) span.fail(String(facts.code));
  span.end();
}

/** Answers a request as part of a span, which hangs where the request says, and counts it when it is over. */
export function traced(req: IncomingMessage, res: ServerResponse, work: () => void): void {
  const [path = '/'] = (req.url ?? '/').split('?');
  const method = req.method ?? 'GET';
  const span = startSpan(`${method} /${path.split('/')[1] ?? ''}`, {
    kind: 'server',
    parent: traceOf(req.headers),
    attributes: { 'http.request.method': method, 'url.path': path },
  });
  if (span.place) res.once('close', () => finish(span, res));
  within(span, work);
}
