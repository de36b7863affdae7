import {
  type Attributes,
  type Context,
  context,
  INVALID_SPAN_CONTEXT,
  ProxyTracerProvider,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { asProblem } from '../problem.ts';

/** The global provider's tracer, so that the spans of any instrumentation join the same traces. */
export const tracer = (): Tracer => trace.getTracer('imagetx');

/** Whether anybody takes spans: without a provider the API's proxy has none to pass them on to. */
export function isTraced(): boolean {
  const provider = trace.getTracerProvider();
  return !(provider instanceof ProxyTracerProvider) || provider.getDelegateTracer('imagetx') !== undefined;
}

const noSpan = trace.wrapSpanContext(INVALID_SPAN_CONTEXT);

/** The active span's context; undefined outside of spans and without telemetry. */
export const currentSpanContext = (): SpanContext | undefined => trace.getSpanContext(context.active());

/** Marks a span as failed with the problem's code, not with its message, which may quote a URL. */
export function failSpan(span: Span, code: string): void {
  span.setAttribute('error.type', code);
  span.setStatus({ code: SpanStatusCode.ERROR, message: code });
}

export interface InSpanOptions {
  readonly kind?: SpanKind;
  readonly attributes?: Attributes;
  /** Context of the parent span. Default: the active span, else a new trace. */
  readonly parent?: Context;
}

/** Runs `work` in a new span; an error marks the span as failed. */
export async function inSpan<T>(
  name: string,
  { kind = SpanKind.INTERNAL, attributes = {}, parent = context.active() }: InSpanOptions,
  work: (span: Span) => Promise<T>,
): Promise<T> {
  if (!isTraced()) return await work(noSpan);
  return await tracer().startActiveSpan(name, { kind, attributes }, parent, async (span) => {
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

/** Runs a call to another service, such as Cloud Storage, in a client span. */
export const inClientSpan = <T>(name: string, attributes: Attributes, work: () => Promise<T>): Promise<T> =>
  inSpan(name, { kind: SpanKind.CLIENT, attributes }, work);
