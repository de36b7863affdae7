import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { closeServer, listenOn } from '../../local/kit/listening.ts';
import { form, png } from '../inline/setup.ts';

const entry = fileURLToPath(new URL('../../convert_stream/main.ts', import.meta.url));

async function untilReady(url: string): Promise<void> {
  while ((await fetch(`${url}/readyz`)).status !== 200) await new Promise((resolve) => setImmediate(resolve));
}

/** The service as its own process with a collector; converts one picture and ends by SIGTERM. */
async function convertOnce(collector: RequestListener, env: Readonly<Record<string, string>> = {}) {
  const server = createServer(collector);
  const endpoint = await listenOn(server, 0, 'http');
  const program = spawn(process.execPath, [entry], {
    env: { PORT: '0', REQUIRE_AUTH: 'false', OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const url = await new Promise<string>((resolve) => {
      createInterface({ input: program.stdout }).on('line', (text) => {
        const line = JSON.parse(text);
        if (line.event === 'listening') resolve(line.url);
      });
    });
    await untilReady(url);
    const image = { data: await png(), name: 'x.png' };
    const answer = await fetch(`${url}/convert`, { method: 'POST', body: form({ format: 'webp', image }) });
    const bytes = (await answer.arrayBuffer()).byteLength;
    program.kill('SIGTERM');
    const [code] = await once(program, 'exit');
    return { status: answer.status, bytes, code: code as number };
  } finally {
    program.kill('SIGKILL');
    await closeServer(server);
  }
}

test('a configured collector gets everything by SIGTERM at the latest, as protobuf with its headers', async () => {
  const calls: {
    readonly path: string;
    readonly type: string;
    readonly key: string;
    readonly body: Buffer;
  }[] = [];
  const done = await convertOnce(
    async (req, res) => {
      const chunks: Buffer[] = [];
      for await (const chunk of req as AsyncIterable<Buffer>) chunks.push(chunk);
      const { 'content-type': type = '', 'x-key': key = '' } = req.headers;
      calls.push({ path: req.url ?? '', type, key: String(key), body: Buffer.concat(chunks) });
      res.writeHead(200).end();
    },
    { OTEL_EXPORTER_OTLP_HEADERS: 'x-key=mine' },
  );
  expect(done).toMatchObject({ status: 200, code: 0 });
  const bodyOf = (path: string) =>
    Buffer.concat(calls.filter((call) => call.path === path).map(({ body }) => body));
  for (const text of ['POST /convert', 'imagetx', 'service.instance.id']) {
    expect(bodyOf('/v1/traces').includes(text)).toBe(true);
  }
  for (const text of ['mBytes/bytes', 'filetype', 'webp', 'imagetx/line']) {
    expect(bodyOf('/v1/metrics').includes(text)).toBe(true);
  }
  expect(new Set(calls.map(({ type, key }) => `${type} ${key}`))).toEqual(
    new Set(['application/x-protobuf mine']),
  );
});

test('a collector that never answers delays neither responses nor the exit', async () => {
  const done = await convertOnce((req) => void req.resume());
  expect(done).toMatchObject({ status: 200, code: 0 });
});
