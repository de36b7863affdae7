import type { ServerResponse } from 'node:http';

/** Tells caches that the answer depends on these headers of the request too. */
export function varyOn(res: ServerResponse, ...names: readonly string[]): void {
  for (const name of names) res.appendHeader('vary', name);
}
