/**
 * Runs an image as the platforms do, read-only and as nobody, and holds it to what it promises:
 *   node infra/image/test.ts imagetx-slim
 * Prints one line per promise; the exit status says whether all hold. Needs podman and runc.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { arch } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { appLayerBytes } from './layers.ts';

const [, , image = 'imagetx-slim'] = process.argv;
const [program = '', variant = ''] = image.split('-');

/** Compressed, of everything above the base image. */
const budgets: Readonly<Record<string, number>> = { slim: 12e6, full: 23e6 };
const hasEngines = variant === 'full';
/** What an optional engine is needed for: writing, reading back, or both. */
const engines: Readonly<Record<string, string>> = { jxl: 'ImageMagick', svg: 'VTracer', pdf: 'PDFium' };
const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

const settings: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  imagetx: { REQUIRE_AUTH: 'false' },
  imagebatch: {
    PROJECT_ID: 'test',
    SRC_BUCKET_NAME: 'test-src',
    DEST_BUCKET_NAME: 'test-dst',
    RECORDS_BUCKET: 'test-records',
    RUN_URL: 'https://test.invalid',
    SERVICE_ACCOUNT: 'test@test.invalid',
  },
};

/** As Kubernetes runs it; runc and the limits are what works inside a container too. */
const jail = [
  ...['--runtime', '/usr/sbin/runc', '--ulimit', 'nofile=1024:1024', '--ulimit', 'nproc=4096:4096'],
  ...['--read-only', '--read-only-tmpfs=false', '--cap-drop=ALL', '--security-opt', 'no-new-privileges'],
  ...['--network', 'host', '--rm'],
];

let failures = 0;
function promise(what: string, holds: boolean, seen: unknown = ''): void {
  if (!holds) failures += 1;
  console.log(`${holds ? 'ok' : 'FAILED'}: ${image}: ${what} ${seen}`);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}

/** Runs the image until `use` is done, then ends it as a platform does. */
async function running(args: readonly string[], use: (url: string, name: string) => Promise<void>) {
  const port = await freePort();
  const name = `imagetx-test-${process.pid}-${port}`;
  const env = Object.entries({ ...settings[program], PORT: port, HOST: '127.0.0.1', DRAIN_MS: 9000 });
  const flags = env.flatMap(([key, value]) => ['--env', `${key}=${value}`]);
  const child = spawn('podman', [
    'run',
    ...jail,
    '--name',
    name,
    ...flags,
    `localhost/${program}:${variant}`,
    ...args,
  ]);
  const exit = once(child, 'exit');
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text));
  const url = `http://127.0.0.1:${port}`;
  const ready = async () => (await fetch(`${url}${args.includes('serve') ? '/health' : '/readyz'}`)).ok;
  try {
    while (child.exitCode === null && !(await ready().catch(() => false))) await sleep(50);
    if (child.exitCode !== null) throw new Error(said);
    await use(url, name);
  } finally {
    if (child.exitCode === null)
      execFileSync('podman', ['kill', '--signal', 'TERM', name], { stdio: 'pipe' });
  }
  const [code] = await exit;
  return { code, said };
}

/** Text, so that fonts are needed. */
const drawing =
  '<svg xmlns="http://www.w3.org/2000/svg" width="400" height="100"><rect width="400" height="100" fill="#fff"/>' +
  '<text x="5" y="80" font-size="80" font-family="sans-serif">imagetx</text></svg>';

async function convert(
  url: string,
  fields: Readonly<Record<string, string>>,
  picture: Buffer,
): Promise<Response> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append('image', new Blob([new Uint8Array(picture)]), 'picture');
  return await fetch(`${url}/convert`, { method: 'POST', body: form });
}

async function testInline(): Promise<void> {
  const input = Buffer.from(drawing);
  let slow: Promise<Response> | undefined;
  const { code, said } = await running([], async (url, name) => {
    const png = await convert(url, { format: 'png' }, input);
    const drawn = Buffer.from(await png.arrayBuffer());
    promise('converts', png.status === 200 && drawn.subarray(1, 4).toString() === 'PNG', png.status);
    // Empty boxes, which text is without a font, take less.
    promise('draws text with its font', drawn.length > 2000, `${drawn.length} bytes`);
    const webp = await convert(url, { format: 'webp', width: '200' }, drawn);
    promise('converts what it made', webp.headers.get('content-type') === 'image/webp', webp.status);
    for (const format of ['jxl', 'svg', 'pdf']) {
      const made = await convert(url, { format, svg: 'logo' }, drawn);
      const data = Buffer.from(await made.arrayBuffer());
      const back = format === 'svg' ? made : await convert(url, { format: 'png' }, data);
      const isDone = made.status === 200 && back.status === 200;
      promise(
        `${engines[format]}: ${hasEngines ? 'works' : 'says that it is missing'}`,
        isDone === hasEngines,
        back.status,
      );
    }
    promise('cannot write to its root', !written(name));
    slow = convert(url, { format: 'avif', width: '2000', effort: '4' }, drawn);
    // It runs when another one has been answered meanwhile.
    await fetch(`${url}/healthz`);
    await sleep(300);
  });
  const answer = await slow?.catch((error: unknown) => ({ status: String(error) }));
  promise('lets a running conversion finish after SIGTERM', answer?.status === 200, answer?.status);
  promise('ends with 0', code === 0, code === 0 ? '' : `${code}: ${said}`);
  promise('uses the compile cache', await usesCache());
}

/** By Node itself, since there is no shell. */
function written(name: string): boolean {
  const program = "require('node:fs').writeFileSync('/app/x', '')";
  try {
    execFileSync('podman', ['exec', name, 'node', '-e', program], { stdio: 'pipe' });
    return true;
  } catch (error) {
    if (String((error as { stderr?: unknown }).stderr).includes('EROFS')) return false;
    throw error;
  }
}

async function usesCache(): Promise<boolean> {
  const debug = ['--env', 'NODE_DEBUG_NATIVE=COMPILE_CACHE'];
  const name = `localhost/${program}:${variant}`;
  const child = spawn('podman', ['run', ...jail, ...debug, name, 'main.cjs', '--help']);
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text));
  await once(child, 'close');
  return /command\.js was accepted/.test(said);
}

async function testServe(): Promise<void> {
  const { code } = await running(['main.cjs', 'serve', '-enable-url-source'], async (url) => {
    const answer = await fetch(`${url}/resize?width=100&type=jpeg`, {
      method: 'POST',
      body: drawing,
      headers: { 'content-type': 'image/svg+xml' },
    });
    promise('serves as Imaginary does', answer.headers.get('content-type') === 'image/jpeg', answer.status);
  });
  promise('serve ends at SIGTERM', code === 0, code);
}

async function testConverter(): Promise<void> {
  const { code, said } = await running([], async (url) => {
    const answer = await fetch(`${url}/convert`, { method: 'POST', body: 'format=jpg&source=a&name=a.jpg' });
    promise('refuses a caller without a token', [401, 403].includes(answer.status), answer.status);
  });
  promise('ends with 0', code === 0, code === 0 ? '' : `${code}: ${said}`);
}

const { User, WorkingDir, Labels } = JSON.parse(
  execFileSync(
    'podman',
    ['image', 'inspect', `localhost/${program}:${variant}`, '--format', '{{json .Config}}'],
    {
      encoding: 'utf8',
    },
  ),
);
promise('runs as nobody', User === '65532:65532', User);
promise('is labelled', Labels['imagetx.variant'] === variant && WorkingDir === '/app');
const bytes = appLayerBytes(`localhost/${program}:${variant}`, 'localhost/imagetx-runtime');
const budget = budgets[variant] ?? 0;
promise(`application layers of at most ${megabytes(budget)} (${arch()})`, bytes <= budget, megabytes(bytes));
if (program === 'imagetx') {
  await testInline();
  await testServe();
} else {
  await testConverter();
}
process.exitCode = failures === 0 ? 0 : 1;
