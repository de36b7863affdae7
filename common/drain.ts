import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

export interface Drain {
  readonly isDraining: () => boolean;
  /** To be told of every answer before it begins. */
  watch(res: ServerResponse): void;
  /** Stops accepting, lets running requests finish, cuts off the rest after `drainMs`. Idempotent. */
  close(): Promise<void>;
}

/** How a server takes its leave; made before it listens. */
export function createDrain(server: Server, drainMs: number): Drain {
  /** Connections on which nothing has been asked yet are not idle to Node: closing would wait for them. */
  const connections = new Set<Socket>();
  let closing: Promise<void> | undefined;

  server.on('connection', (socket: Socket) => {
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
  });

  const drain = async (): Promise<void> => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const socket of connections) if (socket.bytesRead === 0) socket.destroy();
    const late = setTimeout(() => server.closeAllConnections(), drainMs);
    await closed;
    clearTimeout(late);
  };

  return {
    isDraining: () => closing !== undefined,
    watch: (res) => {
      if (closing) res.setHeader('connection', 'close');
      // A connection that was busy when closing began is idle, and in the way, once it is answered.
      res.once('close', () => closing && setImmediate(() => server.closeIdleConnections()));
    },
    close: () => {
      closing ??= drain();
      return closing;
    },
  };
}
