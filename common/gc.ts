/**
 * V8 13.6 limits memory outside the heap separately. Bodies of a few megabytes reach that limit every few pictures,
 * and each time V8 collects the whole heap: up to a fifth of all CPU time (docs/figures.md). Either function avoids
 * this; call it first thing in the program.
 */
import { setFlagsFromString } from 'node:v8';

/** Least memory: the young generation stays small, so that its cheap collections free the buffers of bodies soon. */
export const tuneGcForMemory = (): void => setFlagsFromString('--semi-space-growth-factor=1');

/**
 * Least CPU time: buffers count towards the limit of the heap, and both may grow to twice what was in use. Left to itself
 * V8 let them grow by so little that every third upload caused a full collection.
 */
export const tuneGcForThroughput = (): void =>
  setFlagsFromString(
    '--external-memory-accounted-in-global-limit --heap-growing-percent=100 --semi-space-growth-factor=1',
  );
