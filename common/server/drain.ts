import type { Server, ServerResponse } from 'node:http';
import { Server as NetServer, type Socket } from 'node:net';

export interface Drain {
  readonly isDraining: () => boolean;
  /** Call it for every response before it begins. */
  watch(res: ServerResponse): void;
  /** Stops accepting, lets running requests finish, cuts off the rest after `drainMs`. Idempotent. */
  close(): Promise<void>;
}

/**
 * Longest time that idle connections stay open once closing has begun. A client that sends its next request on one
 * in the meantime gets a response with `connection: close` instead of a reset.
 */
const lingerMs = 250;

/** Graceful shutdown. Create it before the server listens. */
export function createDrain(server: Server, drainMs: number): Drain {
  /** Node does not count connections without a first request as idle: closing would wait for them. */
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
    // The HTTP server's own close() would also close idle connections at once.
    const closed = new Promise<void>((resolve) => NetServer.prototype.close.call(server, () => resolve()));
    const idle = setTimeout(closeIdle, linger);
    const late = setTimeout(cutOff, drainMs);
    await closed;
    clearTimeout(idle);
    clearTimeout(late);
  };
  /** A response that had begun before closing could not announce `connection: close`: its connection is closed here. */
  const end = (res: ServerResponse): void => {
    answers.delete(res);
    if (closing) setTimeout(closeIdle, linger);
  };

  return {
    isDraining: () => closing !== undefined,
    watch: (res) => {
      answers.add(res);
      res.on('close', () => end(res));
      if (closing) res.shouldKeepAlive = false;
    },
    close: () => {
      closing ??= drain();
      return closing;
    },
  };
}
