import {
  type Attributes,
  type Context,
  context,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { asProblem } from '../problem.ts';

/** The tracer of the global provider, so that any instrumentation's spans are part of the same traces. */
export const tracer = (): Tracer => trace.getTracer('imagetx');

/** The active span's context; undefined outside of any span and where telemetry is off. */
export const currentSpanContext = (): SpanContext | undefined => trace.getSpanContext(context.active());

/** Marks a span as failed by the problem's code; never by its message, which may quote a URL. */
export function failSpan(span: Span, code: string): void {
  span.setAttribute('error.type', code);
  span.setStatus({ code: SpanStatusCode.ERROR, message: code });
}

export interface InSpanOptions {
  readonly kind?: SpanKind;
  readonly attributes?: Attributes;
  /** What the span is a child of. Default: the active span. */
  readonly parent?: Context;
}

/** Does work in a span of its own; an error fails the span. */
export async function inSpan<T>(
  name: string,
  { kind = SpanKind.INTERNAL, attributes = {}, parent = context.active() }: InSpanOptions,
  work: (span: Span) => Promise<T>,
): Promise<T> {
  return tracer().startActiveSpan(name, { kind, attributes }, parent, async (span) => {
    try {
      return await work(span);
    } catch (error) {
      failSpan(span, asProblem(error).code);
      throw error;
    } finally {
      span.end();
    }
  });
}

/** A call to another service, such as Cloud Storage, in a client span. */
export const inClientSpan = <T>(name: string, attributes: Attributes, work: () => Promise<T>): Promise<T> =>
  inSpan(name, { kind: SpanKind.CLIENT, attributes }, work);
