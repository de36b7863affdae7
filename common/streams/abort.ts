/**
 * A signal that aborts when time is up or when another one aborts, and the function that releases timer and listener.
 * Those of `AbortSignal.timeout` and `AbortSignal.any` would stay until time is up, thousands of them.
 */
export function endAfter(timeoutMs: number, signal?: AbortSignal) {
  const control = new AbortController();
  const end = (): void => control.abort();
  if (signal?.aborted) end();
  const timer = setTimeout(end, timeoutMs).unref();
  signal?.addEventListener('abort', end, { once: true });
  const release = (): void => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', end);
  };
  return { ends: control.signal, release };
}

/** Settles like `work`, but rejects with the signal's reason on abort: for work that ignores the signal. */
export function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
