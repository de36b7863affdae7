/** Lets callers wait for a condition. Call `tell` after each change that may fulfil it. */
export function createWaiters(isSo: () => boolean) {
  let waiting: (() => void)[] = [];

  function tell() {
    if (waiting.length === 0 || !isSo()) return;
    for (const resolve of waiting) resolve();
    waiting = [];
  }

  return {
    tell,
    wait: () =>
      new Promise<void>((resolve) => {
        waiting.push(resolve);
        tell();
      }),
  };
}
