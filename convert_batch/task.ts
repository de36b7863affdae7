import { parseTraceparent } from '../../common/telemetry/propagation.ts';

/** The `traceparent` of a new trace; `randomHex(n)` makes n random bytes in hexadecimal. */
export const newTraceparent = (randomHex: (bytes: number) => string): string =>
  `00-${randomHex(16)}-${randomHex(8)}-01`;

/** The headers that name the trace to services old and new. */
export function traceHeaders(traceparent: string): Readonly<Record<string, string>> {
  const span = parseTraceparent(traceparent);
  if (!span) return {};
  const google = `${span.traceId}/${BigInt(`0x${span.spanId}`)};o=${span.traceFlags & 1}`;
  return { traceparent, 'X-Cloud-Trace-Context': google };
}
