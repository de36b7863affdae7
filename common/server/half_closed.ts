import type { IncomingMessage, ServerResponse } from 'node:http';

/** Wait before the first probe; the second one notices what the first has provoked. */
const firstWaitMs = 10;
const longestWaitMs = 5_000;

/** Whether an interim response may be sent now: the final one has not begun, and its turn on the connection has come. */
const canProbe = ({ headersSent, socket }: ServerResponse): boolean =>
  !headersSent && socket !== null && !socket.destroyed;

/**
 * Tells a client that has only closed its sending side (`nc -N`) from one that is gone: both send the same FIN. A client
 * that is gone resets the connection when an interim response (RFC 9110, 15.2) arrives, so that `res` closes. HTTP/1.0
 * has no interim responses: such a client is taken to be there. The server needs `httpAllowHalfOpen`.
 */
export function probeHalfClosed({ httpVersion, socket }: IncomingMessage, res: ServerResponse): void {
  if (httpVersion === '1.0') return;
  let next: NodeJS.Timeout | undefined;
  const probeAfter = (waitMs: number): void => {
    next = setTimeout(() => {
      if (canProbe(res)) res.writeProcessing();
      probeAfter(Math.min(2 * waitMs, longestWaitMs));
    }, waitMs);
  };
  const onEnd = (): void => probeAfter(firstWaitMs);
  socket.on('end', onEnd);
  res.on('close', () => {
    socket.off('end', onEnd);
    clearTimeout(next);
  });
}
