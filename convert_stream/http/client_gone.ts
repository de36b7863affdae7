import type { ServerResponse } from 'node:http';

const signals = new WeakMap<ServerResponse, AbortSignal>();

/** Aborted when the response's connection closes before the response is out: its client has gone. */
export function clientGone(res: ServerResponse): AbortSignal {
  const known = signals.get(res);
  if (known) return known;
  const controller = new AbortController();
  const gone = (): void => {
    if (!res.writableFinished) controller.abort();
  };
  if (res.closed) gone();
  else res.once('close', gone);
  signals.set(res, controller.signal);
  return controller.signal;
}
