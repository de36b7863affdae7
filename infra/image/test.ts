/**
 * Runs an image as the platforms do, read-only and as nobody, and holds it to what it promises:
 *   node infra/image/test.ts imagetx-full
 * Prints one line per promise; the exit status says whether all hold. Needs podman and runc.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { arch } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { healthOf, jail, running } from './container.ts';
import { appLayerBytes } from './layers.ts';

const [, , image = 'imagetx-full'] = process.argv;
const [program = '', variant = ''] = image.split('-');

/** Compressed, of everything above the base image; 0.4 MB are the sample photograph and the page of /form, 0.6 MB compiled code. */
const budgets: Readonly<Record<string, number>> = { slim: 14e6, full: 23e6 };
const name = `localhost/${program}:${variant}`;
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

const started = (args: readonly string[]) => ({ image: name, env: settings[program] ?? {}, args });

let failures = 0;
function promise(what: string, holds: boolean, seen: unknown = ''): void {
  if (!holds) failures += 1;
  console.log(`${holds ? 'ok' : 'FAILED'}: ${image}: ${what} ${seen}`);
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
  const { code, said } = await running(started([]), async (url, container) => {
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
    promise('cannot write to its root', !written(container));
    slow = convert(url, { format: 'avif', width: '2000', effort: '4' }, drawn);
    // It runs when another one has been answered meanwhile.
    await fetch(`${url}/healthz`);
    await sleep(300);
  });
  const answer = await slow?.catch((error: unknown) => ({ status: String(error) }));
  promise('lets a running conversion finish after SIGTERM', answer?.status === 200, answer?.status);
  promise('ends with 0', code === 0, code === 0 ? '' : `${code}: ${said}`);
  promise('uses the code of an earlier run', await usesCache());
}

/** By Node itself, since there is no shell. */
function written(container: string): boolean {
  const program = "require('node:fs').writeFileSync('/app/x', '')";
  try {
    execFileSync('podman', ['exec', container, 'node', '-e', program], { stdio: 'pipe' });
    return true;
  } catch (error) {
    if (String((error as { stderr?: unknown }).stderr).includes('EROFS')) return false;
    throw error;
  }
}

async function usesCache(): Promise<boolean> {
  const debug = ['--env', 'NODE_DEBUG=launch'];
  const child = spawn('podman', ['run', ...jail, ...debug, name, 'convert', '--help']);
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text));
  await once(child, 'close');
  return /command\.cjs: code of an earlier run accepted/.test(said);
}

const samples = join(import.meta.dirname, '../../test/imaginary/testdata/generated');

/** Arguments of Imaginary's image as they are, and those of manifests from before the image had an entry point. */
const calls = [
  ['-enable-url-source', '-return-size'],
  ['-enable-url-source', '-key', 'secret', '-path-prefix', '/img'],
  ['main.cjs', 'serve', '-enable-url-source'],
] as const;

async function testServe(args: readonly string[]): Promise<void> {
  const call = args.join(' ');
  const path = args.includes('/img') ? '/img/resize' : '/resize';
  const { code } = await running(started(args), async (url, container) => {
    const post = (body: string | Uint8Array<ArrayBuffer>) =>
      fetch(`${url}${path}?width=100&type=jpeg&key=secret`, { method: 'POST', body });
    const answer = await post(drawing);
    promise(`${call}: serves`, answer.headers.get('content-type') === 'image/jpeg', answer.status);
    promise(`${call}: is healthy`, healthOf(container) === 'healthy', healthOf(container));
    for (const file of args[0] === 'main.cjs' ? ['quad.heic', 'tiny.bmp', 'doc.pdf'] : []) {
      const read = await post(new Uint8Array(readFileSync(join(samples, file))));
      const says = read.ok ? 'read' : await read.text();
      const refusal = /"message":"Unsupported media type: reading \w+ needs .*full image/;
      promise(
        `${file}: ${hasEngines ? 'is read' : 'says what is missing'}`,
        hasEngines ? read.ok : refusal.test(says),
        says,
      );
    }
  });
  promise(`${call}: ends at SIGTERM`, code === 0, code);
}

async function testConverter(): Promise<void> {
  const { code, said } = await running(started([]), async (url, container) => {
    promise('is healthy', healthOf(container) === 'healthy', healthOf(container));
    const answer = await fetch(`${url}/convert`, { method: 'POST', body: 'format=jpg&source=a&name=a.jpg' });
    promise('refuses a caller without a token', [401, 403].includes(answer.status), answer.status);
  });
  promise('ends with 0', code === 0, code === 0 ? '' : `${code}: ${said}`);
}

const { User, WorkingDir, Labels } = JSON.parse(
  execFileSync('podman', ['image', 'inspect', name, '--format', '{{json .Config}}'], {
    encoding: 'utf8',
  }),
);
promise('runs as nobody', User === '65532:65532', User);
promise('is labelled', Labels['imagetx.variant'] === variant && WorkingDir === '/app');
const bytes = appLayerBytes(name, 'localhost/imagetx-runtime');
const budget = budgets[variant] ?? 0;
promise(`application layers of at most ${megabytes(budget)} (${arch()})`, bytes <= budget, megabytes(bytes));
if (program === 'imagetx') {
  await testInline();
  for (const args of calls) await testServe(args);
} else {
  await testConverter();
}
process.exitCode = failures === 0 ? 0 : 1;
