import { execFile, spawn } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { EventSource } from 'undici';
import { readArguments } from '../../local/arguments.ts';
import { randomPorts } from '../../local/ports.ts';
import { logo, startTestCloud, type TestCloud } from '../e2e/support/cloud.ts';
import { isInstalled } from '../support/installed.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);

/** The blocks of a page in one language. */
async function blocksOf(page: string, language: string): Promise<readonly string[]> {
  const text = await readFile(join(root, 'docs', page), 'utf8');
  return [...text.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(
    ([, block]) => block ?? '',
  );
}

type Json = Readonly<Record<string, unknown>>;

let cloud: TestCloud;
let webhook: string;
beforeAll(async () => {
  const { trace: port } = await randomPorts();
  const start = (await blocksOf('events.md', 'sh')).find((block) => block.startsWith('npm start')) ?? '';
  const { notify = '' } = readArguments(start.trim().split(' ').slice(3));
  webhook = notify.replace(':9000', `:${port}`);
  cloud = await startTestCloud({ notify: webhook, env: { MANIFEST: 'true', CORS: 'true' } });
  await copyFile(logo, join(cloud.home, 'logo.png'));
});
afterAll(() => cloud.close());

/** A block as it stands, where it finds this cloud instead of the one at the documented ports. */
const here = (block: string): string =>
  block
    .replaceAll('http://localhost:8080', cloud.urls.inline)
    .replaceAll('http://127.0.0.1:8124', cloud.urls.oidc)
    .replaceAll('http://127.0.0.1:9000/', webhook)
    .replaceAll('node -p', `"${process.execPath}" -p`)
    .replaceAll('node docs/', `exec "${process.execPath}" "${root}"docs/`)
    .replaceAll(/(?:npm run --silent )?imagetx (?:-- )?/g, `"${process.execPath}" "${root}cli/main.ts" `);

const keysOf = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, keysOf(one)]))
    : typeof value;

const areHere = ['bash', 'curl'].every((tool) => isInstalled(tool));
(areHere ? test : test.skip)(
  'the commands of docs/uploads.md upload a picture and tell its outputs',
  async () => {
    const [block = ''] = await blocksOf('uploads.md', 'sh');
    const script = here(`${block}\necho; echo "$started"`);
    const { stdout } = await run('bash', ['-ec', script], { cwd: cloud.home });
    const [status = '', ...more] = stdout.trim().split(/\n|(?=retry: )/);
    expect(JSON.parse(status)).toMatchObject({ state: 'done', outputs: [{ width: 64 }, { width: 64 }] });
    expect(more.join('\n')).toMatch(/^event: status\nid: settled\ndata: \{.*"state":"done"/m);
    const [answer = ''] = await blocksOf('uploads.md', 'json');
    expect(keysOf(JSON.parse(more.at(-1) ?? ''))).toEqual(keysOf(JSON.parse(answer)));
  },
);

test('the code of docs/uploads.md sends a file from a page, and hears of its end', async () => {
  const [code = ''] = await blocksOf('uploads.md', 'js');
  const told = Promise.withResolvers<Json>();
  const absolute = (path: string) => new URL(path, cloud.urls.inline);
  class Source extends EventSource {
    constructor(url: string) {
      super(url);
      this.addEventListener('status', (event) => {
        const status = JSON.parse((event as Event & { data: string }).data);
        if (status.state !== 'waiting') told.resolve(status);
      });
    }
  }
  const file = new Blob([new Uint8Array(await readFile(logo))], { type: 'image/png' });
  const AsyncFunction = (async () => {}).constructor as FunctionConstructor;
  const page = new AsyncFunction('file', 'fetch', 'EventSource', `${code}\nreturn events;`);
  const events = await page(file, (url: string, init: RequestInit) => fetch(absolute(url), init), Source);
  expect(await told.promise).toMatchObject({ state: 'done', outputs: [{ type: 'image/webp', width: 512 }] });
  expect(events.readyState).toBe(EventSource.CLOSED);
});

test('the webhook and the worker of docs/events.md tell what was made', async () => {
  const commands = await blocksOf('events.md', 'sh');
  const starts = commands.find((block) => block.includes('webhook.mjs')) ?? '';
  const env = { ...process.env, PORT: new URL(webhook).port };
  const child = spawn('bash', ['-ec', here(starts)], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const told: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => told.push(line));
  while (told.length === 0) await new Promise(setImmediate);
  const page = await readFile(join(root, 'docs/events.md'), 'utf8');
  const [, put = ''] = /`(npm run --silent imagetx -- put [^`]*)`/.exec(page) ?? [];
  await run('bash', ['-ec', here(put)], { cwd: cloud.home });
  await cloud.idle();
  child.kill();
  expect(told).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^made imagetx-dst\/logo\.webp: 512 x 512, \d+ bytes$/),
      expect.stringMatching(/^made imagetx-dst\/logo\.jpg: 512 x 512/),
      'settled logo.png: done',
    ]),
  );
});

test('the worker of docs/events.md reads and acknowledges a message of the page', async () => {
  const [code = ''] = await blocksOf('events.md', 'js');
  const [push = ''] = await blocksOf('events.md', 'json');
  const { message } = JSON.parse(push);
  const subscription = new EventEmitter();
  const lines: unknown[][] = [];
  const worker = new Function(
    'PubSub',
    'console',
    code.replace("import { PubSub } from '@google-cloud/pubsub';", ''),
  );
  const PubSub = function PubSub() {
    return { subscription: () => subscription };
  };
  worker(PubSub, { log: (...words: unknown[]) => lines.push(words), error: () => {} });
  let acknowledged = 0;
  const ack = (): void => {
    acknowledged += 1;
  };
  const data = Buffer.from(JSON.stringify({ metadata: { width: '64' } }));
  subscription.emit('message', { attributes: message.attributes, data, ack });
  expect(lines).toEqual([
    ['OBJECT_FINALIZE', 'imagetx-dst', 'logo.webp', '1764393541000000', { width: '64' }],
  ]);
  expect(acknowledged).toBe(1);
});
