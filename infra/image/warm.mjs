// Runs a program once as each service that it may be, so that an image has the code of its bundles compiled:
// `node warm.mjs imagetx /app`.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const [, , program = 'imagetx', folder = '/app'] = process.argv;
const picture = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><text y="9">x</text></svg>';
const part = (names, content) => `--x\r\ncontent-disposition: form-data; ${names}\r\n\r\n${content}\r\n`;
const inline = `${part('name="format"', 'jpg')}${part('name="image"; filename="a.svg"', picture)}--x--\r\n`;
const onTheFly = `${part('name="file"; filename="a.svg"', picture)}--x--\r\n`;
const type = 'multipart/form-data; boundary=x';

/** Metrics and traces go nowhere: only what sends them is loaded. */
const sends = { TELEMETRY: 'otlp', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9', TRACE_RATIO: '0' };
const converter = {
  PROJECT_ID: 'warm',
  SRC_BUCKET_NAME: 'warm-src',
  DEST_BUCKET_NAME: 'warm-dst',
  RECORDS_BUCKET: 'warm-records',
  RUN_URL: 'https://warm.invalid',
  SERVICE_ACCOUNT: 'warm@warm.invalid',
};

// The code of a bundle is that of its first run, which does most.
const runs = {
  imagetx: [
    {
      env: { DOORS: 'inline,onthefly' },
      ready: '/readyz',
      posts: [
        ['/convert', inline],
        ['/convert?type=jpeg', onTheFly],
      ],
    },
    { env: { DEST_BUCKET_NAME: 'warm-dst', ...sends }, ready: '/readyz' },
    { env: {}, args: ['serve'], ready: '/health', posts: [['/convert?type=jpeg', onTheFly]] },
  ],
  imagebatch: [{ env: { ...converter, ...sends }, ready: '/readyz' }],
};

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

function ask(port, path, body) {
  const headers = body ? { 'content-type': type } : {};
  const options = { host: '127.0.0.1', port, path, headers, method: body ? 'POST' : 'GET' };
  return new Promise((resolve) => {
    request(options, (answer) => answer.resume().on('end', () => resolve(answer.statusCode)))
      .on('error', () => resolve(0))
      .end(body);
  });
}

async function run({ env, args = [], ready, posts = [] }) {
  const port = await freePort();
  const child = spawn(process.execPath, [join(folder, 'main.cjs'), ...args], {
    env: { ...process.env, REQUIRE_AUTH: 'false', HOST: '127.0.0.1', PORT: String(port), ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const exit = once(child, 'exit');
  while (child.exitCode === null && (await ask(port, ready)) !== 200) await sleep(20);
  const statuses = [];
  for (const post of posts) statuses.push(await ask(port, ...post));
  child.kill('SIGTERM');
  const [code] = await exit;
  if (code !== 0 || statuses.some((status) => status !== 200))
    throw new Error(`${program} ${args}: statuses ${statuses}, exit code ${code}`);
}

for (const one of runs[program]) await run(one);
