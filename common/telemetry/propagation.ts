import { createHash } from 'node:crypto';
import {
  type Context,
  isSpanContextValid,
  ROOT_CONTEXT,
  type SpanContext,
  type TextMapPropagator,
  trace,
} from '@opentelemetry/api';
import { parseTrace } from '../trace.ts';

/** W3C Trace Context, section 3.2. */
export const formatTraceparent = ({ traceId, spanId, traceFlags }: SpanContext): string =>
  `00-${traceId}-${spanId}-${traceFlags & 1 ? '01' : '00'}`;

/** The span context that a `traceparent` names; undefined for any other text. */
export const parseTraceparent = (traceparent: string | undefined): SpanContext | undefined =>
  traceparent ? parseTrace({ traceparent }) : undefined;

/** A context whose spans are children of `parent`; without one they begin a trace. */
export const contextOf = (parent: SpanContext | undefined): Context =>
  parent ? trace.setSpanContext(ROOT_CONTEXT, parent) : ROOT_CONTEXT;

/** A trace for something that may happen twice: the same facts give the same trace id. */
export const traceIdFor = (...facts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, 32);

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
    const found = parseTrace(Object.fromEntries(names.map((name) => [name, getter.get(carrier, name)])));
    return found ? trace.setSpanContext(context, found) : context;
  },
};
