import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Binds `server` to loopback (port 0 picks a free one) and resolves to its URL. */
export async function listenOn(server: Server, port: number, scheme: 'http' | 'https'): Promise<string> {
  // Google's front ends keep idle connections for minutes. With Node's 5 s, clients would write to closed ones.
  server.keepAliveTimeout = 240_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', () => resolve());
  });
  return `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Stops `server` at once, open connections included. */
export async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}
