import type { IncomingMessage, ServerResponse } from 'node:http';
import { context, propagation, type Span, SpanKind, trace } from '@opentelemetry/api';
import { shownUrl } from '../../common/secrets.ts';
import { observeJob } from '../../common/telemetry/job.ts';
import { tracer } from '../../common/telemetry/spans.ts';
import { notedOf } from './request_log.ts';

function finish(span: Span, res: ServerResponse): void {
  observeJob(span, notedOf(res));
  span.setAttribute('http.response.status_code', res.statusCode);
  span.end();
}

/** Answers a request in a server span, a child of the caller's span, and counts the job when it is over. */
export function traced(req: IncomingMessage, res: ServerResponse, work: () => void): void {
  const [path = '/'] = (req.url ?? '/').split('?');
  const method = req.method ?? 'GET';
  const parent = propagation.extract(context.active(), req.headers);
  const attributes = { 'http.request.method': method, 'url.path': shownUrl(path) };
  const name = `${method} /${shownUrl(path.split('/')[1] ?? '', 200)}`;
  const span = tracer().startSpan(name, { kind: SpanKind.SERVER, attributes }, parent);
  res.once('close', () => finish(span, res));
  context.with(trace.setSpan(parent, span), work);
}
