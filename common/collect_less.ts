import { setFlagsFromString } from 'node:v8';

/**
 * Lets buffers count as the heap does for when garbage is collected, at the cost of some memory. V8 13.6 has a
 * limit of its own for them, which bodies of a few megabytes reach with every other picture: a full collection
 * each time, up to a fifth of all CPU time (docs/figures.md).
 */
export const collectLess = (): void => setFlagsFromString('--external-memory-accounted-in-global-limit');
