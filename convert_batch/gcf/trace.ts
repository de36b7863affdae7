import { traceOf } from '../../common/trace.ts';

/** A new trace as W3C writes it; `randomHex(n)` makes n random bytes in hexadecimal. */
export const newTraceparent = (randomHex: (bytes: number) => string): string =>
  `00-${randomHex(16)}-${randomHex(8)}-01`;

/** The headers by which services of any age know the trace. */
export function traceHeaders(traceparent: string): Readonly<Record<string, string>> {
  const trace = traceOf({ traceparent });
  if (!trace?.spanId) return {};
  const { traceId, spanId, isSampled } = trace;
  const google = `${traceId}/${BigInt(`0x${spanId}`)};o=${isSampled ? 1 : 0}`;
  return { traceparent, 'X-Cloud-Trace-Context': google };
}
