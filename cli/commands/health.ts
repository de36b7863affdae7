import { readFile } from 'node:fs/promises';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { readConfig } from '../../common/fields/config.ts';
import { Problem } from '../../common/problem.ts';
import { streamFields } from '../../convert_stream/settings/config.ts';
import { describeError, type Run } from '../command.ts';
import { serveFields } from './serve/fields.ts';
import { readGoFlags } from './serve/go_flags.ts';

const answerMs = 5_000;

/** The command line of a container's server: the words of process 1 after the program. */
export function serverWords(cmdline: string): readonly string[] | undefined {
  // Each word ends with the mark; an empty one is the value of a flag, such as of `-key "$UNSET"`.
  const words = cmdline.split('\0').slice(0, -1);
  const at = words.findIndex((word) => /(^|\/)(main\.(cjs|ts)|command\.js|imagetx(\.cjs)?)$/.test(word));
  return at < 0 ? undefined : words.slice(at + 1).filter((word) => word !== 'main.cjs');
}

type Env = Readonly<Record<string, string | undefined>>;

/** The URL of the server that these words and this environment start; `undefined`: no container's server. */
export function serverUrl(words: readonly string[] | undefined, env: Env): string {
  const flags = readGoFlags(
    serveFields,
    (words ?? []).filter((word, at) => at > 0 || word !== 'serve'),
  );
  if (!flags.ok) throw new Problem('invalid_param', flags.reason);
  const table = words?.length === 0 ? { ...serveFields, PORT: streamFields.PORT } : serveFields;
  const port = env.PORT ? { PORT: env.PORT } : {};
  const { HOST, PORT, CERTFILE } = readConfig(table, { ...env, ...flags.texts, ...port });
  const host = ['0.0.0.0', '::', ''].includes(HOST ?? '') ? '127.0.0.1' : String(HOST);
  return `${CERTFILE ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${PORT}`;
}

/** @returns the status of `/readyz`, which needs no key. */
function probe(base: string): Promise<number> {
  const url = new URL('/readyz', base);
  const request = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    // The certificate is for the name that clients use.
    const options = { rejectUnauthorized: false, timeout: answerMs };
    const req = request(url, options, (res) => resolve(res.resume().statusCode ?? 0));
    req.on('timeout', () => req.destroy(new Error(`no answer within ${answerMs} ms`)));
    req.on('error', reject).end();
  });
}

/** `imagetx health`: asks a server whether it is ready. @returns 0 if it is, 1 if not, 2 for a wrong call. */
export const health: Run = async (args, { env, out, err, usage }) => {
  if (args.includes('--help') || args.includes('-h')) {
    out(usage ?? '');
    return 0;
  }
  try {
    const cmdline = await readFile('/proc/1/cmdline', 'utf8').catch(() => '');
    const [first = ''] = args;
    const isUrl = /^https?:\/\//.test(first);
    const base = isUrl ? first : serverUrl(args.length > 0 ? args : serverWords(cmdline), env);
    const status = await probe(base).catch((cause: Error) => cause);
    if (status === 200) return 0;
    const seen = typeof status === 'number' ? `status ${status}` : status.message;
    err(`imagetx: ${base}/readyz: expected status 200, got ${seen}`);
    return 1;
  } catch (error) {
    err(`imagetx: ${describeError(error)}`);
    return 2;
  }
};
