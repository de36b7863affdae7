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
 * The caller's span by `traceparent`, else by `X-Cloud-Trace-Context`, whose span id is decimal and may be missing
 * (then it is all zeros).
 */
export function parseTrace(headers: Headers): SpanContext | undefined {
  const [, traceId, spanId, flags = '0'] = w3c.exec(one(headers, 'traceparent')) ?? [];
  if (traceId && spanId) {
    return { traceId, spanId, traceFlags: flagsOf((Number.parseInt(flags, 16) & 1) === 1), isRemote: true };
  }
  const [, id, span, sampled] = google.exec(one(headers, 'x-cloud-trace-context')) ?? [];
  if (!id) return undefined;
  const ownSpan = span ? BigInt.asUintN(64, BigInt(span)).toString(16).padStart(16, '0') : INVALID_SPANID;
  return { traceId: id.toLowerCase(), spanId: ownSpan, traceFlags: flagsOf(sampled === '1'), isRemote: true };
}

/** The fields by which Cloud Logging shows a line beside its trace; none without a project. */
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
