import { parseArgs } from 'node:util';
import { minKeyLength, namedPath, signatureOf } from '../convert_stream/signature.ts';
import { operations } from '../engine/operations/index.ts';
import type { Run } from './command.ts';

const options = {
  host: { type: 'string', default: '' },
  expires: { type: 'string' },
  key: { type: 'string' },
} as const;

const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };
const duration = /^(\d{1,9})([smhd]?)$/;

/** Seconds of `90`, `90s`, `15m`, `12h` or `7d`. */
function secondsOf(text: string): number {
  const [, count, unit] = duration.exec(text) ?? [];
  if (count === undefined)
    throw new Error(`expires: expected a time such as 3600, 15m, 12h or 7d, got ${JSON.stringify(text)}`);
  return Number(count) * (units[unit || 's'] ?? 1);
}

const absolute = /^(https?:\/\/[^/?#]+)(.*)$/i;

/** The parts of a URL as it was written: nothing of it is escaped again. */
function partsOf(text: string): { origin: string; path: string; query: string } {
  const [, origin = '', rest = text] = absolute.exec(text) ?? [];
  const [path = '', query = ''] = rest.split(/\?(.*)/s, 2);
  if (!path.startsWith('/'))
    throw new Error(`URL: expected one such as /resize?width=200, got ${JSON.stringify(text)}`);
  return { origin, path, query };
}

const endpoints: ReadonlySet<string> = new Set(['info', 'pipeline', ...operations.map(({ name }) => name)]);

/** `/images/NAME`, unless it is the endpoint of a server whose prefix is called so. */
const isNamed = (path: string): boolean =>
  /\/images\/./.test(path) && !endpoints.has(path.slice(path.lastIndexOf('/') + 1));

export interface SignOptions {
  readonly key: string;
  readonly host?: string;
  /** Unix time in seconds after which it is refused. */
  readonly expires?: number;
}

/** A URL that a server with this key answers. */
export function signedUrl(url: string, { key, host, expires }: SignOptions): string {
  const { origin, path, query } = partsOf(url);
  const full = [query, expires === undefined ? '' : `expires=${expires}`].filter(Boolean).join('&');
  const decoded = decodeURIComponent(path);
  const sign = signatureOf(key, isNamed(decoded) ? namedPath(decoded) : decoded, full);
  return `${host ? host.replace(/\/+$/, '') : origin}${path}?${full ? `${full}&` : ''}sign=${sign}`;
}

/** `imagetx sign`: the key comes from URL_SIGNATURE_KEY unless it is given. */
export const sign: Run = async (args, { env, out, err }) => {
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    const key = values.key ?? env.URL_SIGNATURE_KEY ?? '';
    if (key.length < minKeyLength)
      throw new Error(`URL_SIGNATURE_KEY: expected at least ${minKeyLength} characters, got ${key.length}`);
    const expires = values.expires && Math.floor(Date.now() / 1000) + secondsOf(values.expires);
    for (const url of positionals.length > 0 ? positionals : [''])
      out(signedUrl(url, { key, host: values.host, ...(expires ? { expires } : {}) }));
    return 0;
  } catch (error) {
    err((error as Error).message);
    return 2;
  }
};
