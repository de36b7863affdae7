import { createHash } from 'node:crypto';
import {
  type Context,
  isSpanContextValid,
  ROOT_CONTEXT,
  type SpanContext,
  type TextMapPropagator,
  trace,
} from '@opentelemetry/api';
import { parseTraceHeaders } from '../trace.ts';

/** W3C Trace Context, section 3.2. */
export const formatTraceparent = ({ traceId, spanId, traceFlags }: SpanContext): string =>
  `00-${traceId}-${spanId}-${traceFlags & 1 ? '01' : '00'}`;

/** Parses a `traceparent`; undefined for any other text. */
export const parseTraceparent = (traceparent: string | undefined): SpanContext | undefined =>
  traceparent ? parseTraceHeaders({ traceparent }) : undefined;

/** A context whose spans are children of `parent`; without a parent they begin a trace. */
export const contextOf = (parent: SpanContext | undefined): Context =>
  parent ? trace.setSpanContext(ROOT_CONTEXT, parent) : ROOT_CONTEXT;

/** The trace id of something that may happen twice: the same key gives the same id. */
export const traceIdFor = (...key: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(key)).digest('hex').slice(0, 32);

/** Reads `traceparent`, else `X-Cloud-Trace-Context`; writes `traceparent`. */
export const propagator: TextMapPropagator = {
  fields: () => ['traceparent'],
  inject: (context, carrier, setter) => {
    const spanContext = trace.getSpanContext(context);
    if (spanContext && isSpanContextValid(spanContext))
      setter.set(carrier, 'traceparent', formatTraceparent(spanContext));
  },
  extract: (context, carrier, getter) => {
    const names = ['traceparent', 'x-cloud-trace-context'];
    const found = parseTraceHeaders(
      Object.fromEntries(names.map((name) => [name, getter.get(carrier, name)])),
    );
    return found ? trace.setSpanContext(context, found) : context;
  },
};
