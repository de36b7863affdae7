import { once } from 'node:events';
import net from 'node:net';
import { type Child, startChild } from './child.ts';

/** A port of 127.0.0.1 that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Waits until a server answers. */
async function untilReady(url: string): Promise<void> {
  for (let attempt = 0; attempt < 400; attempt += 1) {
    const answered = await fetch(url).then(
      () => true,
      () => false,
    );
    if (answered) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`${url} does not answer`);
}

export type Server = Child & { readonly url: string };

/** Starts a program of HTTP, with its arguments where it has any, on a port of its own; resolves when it answers `readyPath`. */
export async function startServer(
  entry: string | readonly [file: string, ...args: readonly string[]],
  env: Readonly<Record<string, string>> = {},
  readyPath = '/healthz',
): Promise<Server> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const [file, ...args] = typeof entry === 'string' ? [entry] : entry;
  const child = await startChild(file, args, { ...env, PORT: String(port) });
  await untilReady(url + readyPath);
  return { ...child, url };
}
