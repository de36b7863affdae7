/** The trace a request belongs to. */
export interface Trace {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits. */
  readonly spanId?: string;
  readonly isSampled: boolean;
}

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

const w3c = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;
const google = /^([0-9a-f]{32})(?:\/(\d{1,20}))?(?:;o=(\d))?$/i;

const one = (headers: Headers, name: string): string => {
  const value = headers[name];
  return (typeof value === 'string' ? value : value?.[0])?.trim() ?? '';
};

/** `traceparent`, else `X-Cloud-Trace-Context`, whose span id is decimal. */
export function traceOf(headers: Headers): Trace | undefined {
  const [, traceId, spanId, flags] = w3c.exec(one(headers, 'traceparent')) ?? [];
  if (traceId && spanId) return { traceId, spanId, isSampled: (Number.parseInt(flags ?? '0', 16) & 1) === 1 };
  const [, id, span, sampled] = google.exec(one(headers, 'x-cloud-trace-context')) ?? [];
  if (!id) return undefined;
  const hexSpan = span ? { spanId: BigInt(span).toString(16).padStart(16, '0') } : {};
  return { traceId: id.toLowerCase(), ...hexSpan, isSampled: sampled === '1' };
}

/** The fields by which Cloud Logging shows a line beside its trace; none without a project. */
export function traceFields(
  trace: Trace | undefined,
  project: string | undefined,
): Readonly<Record<string, unknown>> {
  if (!trace || !project) return {};
  return {
    'logging.googleapis.com/trace': `projects/${project}/traces/${trace.traceId}`,
    ...(trace.spanId ? { 'logging.googleapis.com/spanId': trace.spanId } : {}),
    'logging.googleapis.com/trace_sampled': trace.isSampled,
  };
}
