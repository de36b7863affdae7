import { createHash } from 'node:crypto';
import { type Trace, traceOf } from '../trace.ts';
import type { Place } from './spans.ts';

/** As W3C writes it. */
export const traceparentOf = ({ traceId, spanId, isSampled }: Place): string =>
  `00-${traceId}-${spanId}-${isSampled ? '01' : '00'}`;

/** What `traceparent` says; undefined where it is none. */
export const placeIn = (traceparent: string | undefined): Trace | undefined =>
  traceparent ? traceOf({ traceparent }) : undefined;

/** The headers by which services of any age know where in a trace they are called from. */
export const placeHeaders = (place: Place): Readonly<Record<string, string>> => ({
  traceparent: traceparentOf(place),
  'X-Cloud-Trace-Context': `${place.traceId}/${BigInt(`0x${place.spanId}`)};o=${place.isSampled ? 1 : 0}`,
});

/** A trace for something that may happen twice: the same facts are always in the same trace. */
export const traceIdFor = (...facts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, 32);
