import { setTimeout as sleep } from 'node:timers/promises';

/** Limits the rate of items to `perSecond`; the first items pass at once. */
export function createPace(perSecond: number): (count: number) => Promise<void> {
  const startMs = performance.now();
  let passed = 0;
  return async (count) => {
    const dueMs = startMs + (passed / perSecond) * 1000;
    passed += count;
    const waitMs = dueMs - performance.now();
    if (waitMs > 0) await sleep(waitMs);
  };
}
