import type { Server, ServerResponse } from 'node:http';
import { Server as NetServer, type Socket } from 'node:net';

export interface Drain {
  readonly isDraining: () => boolean;
  /** To be told of every answer before it begins. */
  watch(res: ServerResponse): void;
  /** Stops accepting, lets running requests finish, cuts off the rest after `drainMs`. Idempotent. */
  close(): Promise<void>;
}

/**
 * How long idle connections stay open once closing has begun, at most. A client that is about to send its next
 * request on one gets an answer that says `connection: close`, not a reset.
 */
const lingerMs = 250;

/** How a server takes its leave; made before it listens. */
export function createDrain(server: Server, drainMs: number): Drain {
  /** Connections on which nothing has been asked yet are not idle to Node: closing would wait for them. */
  const connections = new Set<Socket>();
  const answers = new Set<ServerResponse>();
  const linger = Math.min(lingerMs, drainMs / 10);
  let closing: Promise<void> | undefined;

  server.on('connection', (socket: Socket) => {
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
  });

  const closeIdle = (): void => {
    for (const socket of connections) if (socket.bytesRead === 0) socket.destroy();
    server.closeIdleConnections();
  };
  const cutOff = (): void => {
    for (const socket of connections) socket.destroy();
  };
  const drain = async (): Promise<void> => {
    for (const res of answers) res.shouldKeepAlive = false;
    // Not the HTTP server's own: that closes idle connections at once.
    const closed = new Promise<void>((resolve) => NetServer.prototype.close.call(server, () => resolve()));
    const idle = setTimeout(closeIdle, linger);
    const late = setTimeout(cutOff, drainMs);
    await closed;
    clearTimeout(idle);
    clearTimeout(late);
  };
  /** A connection whose answer had begun before closing did is idle, and in the way, once it is answered. */
  const end = (res: ServerResponse): void => {
    answers.delete(res);
    if (closing) setTimeout(closeIdle, linger);
  };

  return {
    isDraining: () => closing !== undefined,
    watch: (res) => {
      answers.add(res);
      res.once('close', () => end(res));
      if (closing) res.shouldKeepAlive = false;
    },
    close: () => {
      closing ??= drain();
      return closing;
    },
  };
}
