import type { IncomingMessage, ServerResponse } from 'node:http';
import { observeJob } from '../common/telemetry/job.ts';
import { type Span, startSpan, within } from '../common/telemetry/spans.ts';
import { traceOf } from '../common/trace.ts';
import { notedOf } from './request_log.ts';

function finish(span: Span, res: ServerResponse): void {
  observeJob(span, notedOf(res));
  span.set({ 'http.response.status_code': res.statusCode });
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
