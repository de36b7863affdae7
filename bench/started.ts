import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';

/** Wall time since the process was spawned. */
export interface Started {
  readonly listeningMs: number;
  /** Until the first picture has arrived completely. */
  readonly firstMs: number;
}

const isListening = /"event":"listening","url":"http:\/\/127\.0\.0\.1:(\d+)"/;

/** Reads the output of a process until it matches `enough`. */
async function said(child: ChildProcess, enough: RegExp): Promise<RegExpExecArray> {
  let text = '';
  for await (const chunk of child.stdout ?? []) {
    text += chunk;
    const match = enough.exec(text);
    if (match) return match;
  }
  throw new Error(`expected ${enough}, got ${JSON.stringify(text)}`);
}

const spawned = (args: readonly string[], env: Readonly<Record<string, string>>): ChildProcess =>
  spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });

/** Measures a program that prints something when it is done. */
export async function startScript(args: readonly string[]): Promise<Started> {
  const began = performance.now();
  const child = spawned(args, {});
  const exit = once(child, 'exit');
  await said(child, /./);
  const firstMs = performance.now() - began;
  await exit;
  return { listeningMs: firstMs, firstMs };
}

const boundary = 'a-boundary-that-is-in-no-picture';
const field = (name: string, value: string): string =>
  `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;

/** The form of `curl -F format=jpg -F width=300 -F image=@picture.jpg`. */
const form = (picture: Buffer): Buffer =>
  Buffer.concat([
    Buffer.from(field('format', 'jpg') + field('width', '300')),
    Buffer.from(
      `--${boundary}\r\nContent-Disposition: form-data; name="image"; filename="picture.jpg"\r\nContent-Type: image/jpeg\r\n\r\n`,
    ),
    picture,
    Buffer.from(`\r\n--${boundary}--\r\n`),
  ]);

/** Uses node:http, which is loaded already: loading `fetch` would add to the first measured time. */
function convert(port: number, body: Buffer): Promise<Buffer> {
  const headers = {
    'content-type': `multipart/form-data; boundary=${boundary}`,
    'content-length': body.length,
  };
  return new Promise((resolve, reject) => {
    const asked = request(
      { host: '127.0.0.1', port, method: 'POST', path: '/convert', headers },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('error', reject).on('end', () => {
          const data = Buffer.concat(chunks);
          if (answer.statusCode === 200) resolve(data);
          else reject(new Error(`expected 200, got ${answer.statusCode}: ${data}`));
        });
      },
    );
    asked.on('error', reject).end(body);
  });
}

/** Measures the inline service: sends a request as soon as it logs that it listens. */
export async function startService(
  args: readonly string[],
  picture: Buffer,
  env: Readonly<Record<string, string>>,
): Promise<Started> {
  const body = form(picture);
  const began = performance.now();
  const child = spawned(args, { PORT: '0', DOORS: 'inline', REQUIRE_AUTH: 'false', ...env });
  const exit = once(child, 'exit');
  const [, port] = await said(child, isListening);
  const listeningMs = performance.now() - began;
  await convert(Number(port), body);
  const firstMs = performance.now() - began;
  // An orderly exit, because V8 writes its cache at the end.
  child.kill('SIGTERM');
  await exit;
  return { listeningMs, firstMs };
}
