import { createHash } from 'node:crypto';
import { type Trace, traceOf } from '../trace.ts';
import type { Place } from './spans.ts';

/** As W3C writes it. */
export const traceparentOf = ({ traceId, spanId, isSampled }: Place): string =>
  `00-${traceId}-${spanId}-${isSampled ? '01' : '00'}`;

/** What `traceparent` says; undefined where it is none. */
export const placeIn = (traceparent: string | undefined): Trace | undefined =>
  traceparent ? traceOf({ traceparent }) : undefined;

/** A trace for something that may happen twice: the same facts are always in the same trace. */
export const traceIdFor = (...facts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, 32);
