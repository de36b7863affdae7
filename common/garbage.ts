/**
 * V8 13.6 has a limit of its own for memory outside the heap, which bodies of a few megabytes reach with every few
 * pictures: a full collection each time, up to a fifth of all CPU time (docs/figures.md). Either of these, called
 * where a program begins, ends that.
 */
import { setFlagsFromString } from 'node:v8';

/** The young generation stays small, so its cheap collections give the buffers of bodies back soon: least memory. */
export const collectSoon = (): void => setFlagsFromString('--semi-space-growth-factor=1');

/** Buffers count as the heap does: least CPU time, and up to 100 MB more. */
export const collectSeldom = (): void => setFlagsFromString('--external-memory-accounted-in-global-limit');
