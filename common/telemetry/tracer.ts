import {
  type Context,
  context as contextApi,
  createContextKey,
  isValidTraceId,
  type Span,
  type SpanContext,
  type SpanOptions,
  TraceFlags,
  type Tracer,
  type TracerProvider,
  trace,
} from '@opentelemetry/api';
import { type EndedSpan, RecordingSpan, type Scope } from './recording_span.ts';

export interface TracerOptions {
  /** Share (0 to 1) of new traces that are sampled. */
  readonly ratio: number;
  /** Random bytes in hexadecimal. */
  readonly hex: (bytes: number) => string;
  readonly onEnd: (span: EndedSpan) => void;
}

const traceIdKey = createContextKey('trace id of a new trace');

/** A context whose root spans get this trace id instead of a random one. */
export const withTraceId = (context: Context, traceId: string): Context =>
  context.setValue(traceIdKey, traceId);

/** Every process makes the same decision for a trace id, also when an event is delivered again. */
const isSampled = (traceId: string, ratio: number): boolean =>
  Number.parseInt(traceId.slice(-13), 16) < ratio * 16 ** 13;

function spanContextIn(
  context: Context,
  parent: SpanContext | undefined,
  options: TracerOptions,
): SpanContext {
  const { ratio, hex } = options;
  const own = context.getValue(traceIdKey) as string | undefined;
  const traceId = parent?.traceId ?? own ?? hex(16);
  const flags = isSampled(traceId, ratio) ? TraceFlags.SAMPLED : TraceFlags.NONE;
  return { traceId, spanId: hex(8), traceFlags: parent?.traceFlags ?? flags };
}

function createTracer(scope: Scope, options: TracerOptions): Tracer {
  const startSpan: Tracer['startSpan'] = (name, spanOptions = {}, context = contextApi.active()) => {
    const found = spanOptions.root ? undefined : trace.getSpanContext(context);
    // X-Cloud-Trace-Context may name a trace without a span.
    const parent = found && isValidTraceId(found.traceId) ? found : undefined;
    const identity = spanContextIn(context, parent, options);
    if (identity.traceFlags === TraceFlags.NONE) return trace.wrapSpanContext(identity);
    return new RecordingSpan(name, spanOptions, { identity, parent, scope, onEnd: options.onEnd });
  };
  return {
    startSpan,
    startActiveSpan: (name: string, ...rest: readonly unknown[]) => {
      const work = rest.at(-1) as (span: Span) => never;
      const [spanOptions, given] = rest.slice(0, -1) as [SpanOptions?, Context?];
      const parent = given ?? contextApi.active();
      const span = startSpan(name, spanOptions, parent);
      return contextApi.with(trace.setSpan(parent, span), work, undefined, span);
    },
  };
}

/**
 * A light tracer provider. The service registers it at its start and loads the SDK, whose processors take the ended
 * spans, when it listens. (Importing the SDK's own tracer takes 30 to 50 ms.)
 */
export function createTracerProvider(options: TracerOptions): TracerProvider {
  const tracers = new Map<string, Tracer>();
  return {
    getTracer: (name, version = '') => {
      const id = `${name} ${version}`;
      const tracer =
        tracers.get(id) ?? createTracer({ name, ...(version === '' ? {} : { version }) }, options);
      tracers.set(id, tracer);
      return tracer;
    },
  };
}
