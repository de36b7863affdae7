import type { IncomingMessage, ServerResponse } from 'node:http';
import { context, propagation, type Span, SpanKind, trace } from '@opentelemetry/api';
import { redactUrl } from '../../common/secrets.ts';
import { observeJob, recordJob } from '../../common/telemetry/job.ts';
import { isTraced, tracer } from '../../common/telemetry/spans.ts';
import { notesOf } from './request_log.ts';

function endSpan(span: Span, res: ServerResponse): void {
  observeJob(span, notesOf(res));
  span.setAttribute('http.response.status_code', res.statusCode);
  span.end();
}

function runInSpan(req: IncomingMessage, res: ServerResponse, work: () => void): void {
  const [path = '/'] = (req.url ?? '/').split('?');
  const method = req.method ?? 'GET';
  const parent = propagation.extract(context.active(), req.headers);
  const attributes = { 'http.request.method': method, 'url.path': redactUrl(path) };
  const name = `${method} /${redactUrl(path.split('/')[1] ?? '', 200)}`;
  const span = tracer().startSpan(name, { kind: SpanKind.SERVER, attributes }, parent);
  res.on('close', () => endSpan(span, res));
  context.with(trace.setSpan(parent, span), work);
}

/** Handles a request and records its job at its end: in a server span, a child of the caller's span, where spans are taken. */
export function traceRequest(req: IncomingMessage, res: ServerResponse, work: () => void): void {
  if (isTraced()) runInSpan(req, res, work);
  else {
    res.on('close', () => recordJob(notesOf(res)));
    work();
  }
}
