import { once } from 'node:events';
import net from 'node:net';
import { type MeasuredChild, startMeasured } from './child.ts';

/** Finds a free port of 127.0.0.1. */
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

export type Server = MeasuredChild & { readonly url: string };

/** Starts an HTTP server in its own process, on a free port. Resolves when it answers `readyPath`. */
export async function startHttpServer(
  entry: string | readonly [file: string, ...args: readonly string[]],
  env: Readonly<Record<string, string>> = {},
  readyPath = '/healthz',
): Promise<Server> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const [file, ...args] = typeof entry === 'string' ? [entry] : entry;
  const child = await startMeasured(file, args, { ...env, PORT: String(port) });
  await untilReady(url + readyPath);
  return { ...child, url };
}
