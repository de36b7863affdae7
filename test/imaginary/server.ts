import { Agent, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { startServer } from '../../cli/commands/serve/index.ts';
import type { RunningServer } from '../../common/server/listen.ts';

export interface Server {
  readonly running: RunningServer;
  readonly url: string;
  /** What it has written so far. */
  readonly out: () => string;
}

type Env = Readonly<Record<string, string>>;

/** `imagetx serve` with these flags, in this process; it may fetch from loopback. */
export async function startWith(
  flags: readonly string[],
  env: Env = {},
  err: (line: string) => void = () => {},
): Promise<Server | number> {
  const lines: string[] = [];
  const running = await startServer(['-a', '127.0.0.1', '-p', '0', ...flags], {
    env: { WARM_CODECS: 'false', ALLOWED_PRIVATE_NETWORKS: '127.0.0.0/8', ...env },
    out: (line) => void lines.push(line),
    err,
  });
  if (typeof running === 'number') return running;
  return { running, url: running.url, out: () => lines.join('\n') };
}

export interface Request {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string | number>>;
  readonly body?: Buffer;
}

export interface Response {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

const agent = new Agent({ keepAlive: false });

/** One request, its path as it stands. */
export function send(url: string, { method, path, headers = {}, body }: Request): Promise<Response> {
  const { hostname, port, protocol } = new URL(url);
  const isTls = protocol === 'https:';
  return new Promise((resolve, reject) => {
    const options = { host: hostname, port, method, path, headers };
    const req = isTls
      ? requestHttps({ ...options, rejectUnauthorized: false, agent: false })
      : requestHttp({ ...options, agent });
    req.on('error', reject).on('response', (res) => {
      const chunks: Buffer[] = [];
      res.on('data', (chunk) => chunks.push(chunk)).on('error', reject);
      res.on('end', () =>
        resolve({ status: res.statusCode ?? 0, headers: res.headers, body: Buffer.concat(chunks) }),
      );
    });
    req.end(body);
  });
}

/** A body with one file. */
export function formWith(
  field: string,
  name: string,
  bytes: Buffer,
): { readonly body: Buffer; readonly type: string } {
  const boundary = '----a-boundary-that-no-picture-has';
  const head = `--${boundary}\r\nContent-Disposition: form-data; name="${field}"; filename="${name}"\r\nContent-Type: application/octet-stream\r\n\r\n`;
  const body = Buffer.concat([Buffer.from(head), bytes, Buffer.from(`\r\n--${boundary}--\r\n`)]);
  return { body, type: `multipart/form-data; boundary=${boundary}` };
}
