import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Seen = {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
};

type Answer = (seen: Seen, response: ServerResponse, nth: number) => unknown;

/** An HTTP server that records its requests; `answer` may end the response or leave it open. */
export async function startTarget(answer: Answer = (_, response) => response.end('ok')) {
  const seen: Seen[] = [];
  const waiting: { count: number; resolve: () => void }[] = [];
  const server = createServer(async (request, response) => {
    const one = await read(request);
    seen.push(one);
    for (const { count, resolve } of waiting) if (seen.length >= count) resolve();
    await answer(one, response, seen.length);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    /** Resolves when this many requests have arrived in total. */
    requests: (count: number) =>
      new Promise<void>((resolve) => {
        if (seen.length >= count) resolve();
        waiting.push({ count, resolve });
      }),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function read(request: IncomingMessage): Promise<Seen> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const { method = '', url: path = '', headers } = request;
  return { method, path, headers, body: Buffer.concat(chunks).toString() };
}
