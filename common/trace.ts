import { INVALID_SPANID, isValidSpanId, type SpanContext, TraceFlags } from '@opentelemetry/api';

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

const w3c = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;
const google = /^([0-9a-f]{32})(?:\/(\d{1,20}))?(?:;o=(\d))?$/i;

const one = (headers: Headers, name: string): string => {
  const value = headers[name];
  return (typeof value === 'string' ? value : value?.[0])?.trim() ?? '';
};

const flagsOf = (isSampled: boolean): TraceFlags => (isSampled ? TraceFlags.SAMPLED : TraceFlags.NONE);

/**
 * Parses the caller's span context from `traceparent`, else from `X-Cloud-Trace-Context`. The latter's span id is
 * decimal; where it is missing the result has all zeros.
 */
export function parseTraceHeaders(headers: Headers): SpanContext | undefined {
  const [, traceId, spanId, flags = '0'] = w3c.exec(one(headers, 'traceparent')) ?? [];
  if (traceId && spanId) {
    return { traceId, spanId, traceFlags: flagsOf((Number.parseInt(flags, 16) & 1) === 1), isRemote: true };
  }
  const [, id, span, sampled] = google.exec(one(headers, 'x-cloud-trace-context')) ?? [];
  if (!id) return undefined;
  const ownSpan = span ? BigInt.asUintN(64, BigInt(span)).toString(16).padStart(16, '0') : INVALID_SPANID;
  return { traceId: id.toLowerCase(), spanId: ownSpan, traceFlags: flagsOf(sampled === '1'), isRemote: true };
}

/** The fields that link a log line to its trace in Cloud Logging; none without a project. */
export function traceFields(
  span: SpanContext | undefined,
  project: string | undefined,
): Readonly<Record<string, unknown>> {
  if (!span || !project) return {};
  return {
    'logging.googleapis.com/trace': `projects/${project}/traces/${span.traceId}`,
    ...(isValidSpanId(span.spanId) ? { 'logging.googleapis.com/spanId': span.spanId } : {}),
    'logging.googleapis.com/trace_sampled': (span.traceFlags & TraceFlags.SAMPLED) === TraceFlags.SAMPLED,
  };
}
