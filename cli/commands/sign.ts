import type { FieldTable } from '../../common/fields/field.ts';
import { Problem } from '../../common/problem.ts';
import { withoutTrailingSlash } from '../../common/url.ts';
import {
  createSignature,
  minKeyLength,
  namedEndpoints,
  signedNamePath,
} from '../../convert_stream/guards/signature.ts';
import { operations } from '../../engine/catalog.ts';
import { defineCommand } from '../command.ts';

const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };
const duration = /^(\d{1,9})([smhd]?)$/;

const signFields = {
  host: {
    kind: 'string',
    flag: 'host',
    doc: 'Origin to put before the path, such as https://img.example.org.',
  },
  expires: {
    kind: 'string',
    pattern: duration,
    expects: 'a time such as 3600, 15m, 12h or 7d',
    flag: 'expires',
    doc: 'How long the URL is valid: seconds, or a number with s, m, h or d. Default: without limit.',
  },
  key: {
    kind: 'string',
    secret: true,
    flag: 'key',
    doc: `The server’s key, at least ${minKeyLength} characters. Default: the environment variable URL_SIGNATURE_KEY, which other users cannot see.`,
  },
} as const satisfies FieldTable;

/** Seconds of `90`, `90s`, `15m`, `12h` or `7d`. */
function secondsOf(text: string): number {
  const [, count, unit] = duration.exec(text) ?? [];
  return Number(count) * (units[unit || 's'] ?? 1);
}

const sample = '/resize?width=200';
const absolute = /^(https?:\/\/[^/?#]+)(.*)$/i;

/** The parts of a URL as written, without further escaping. */
function splitUrl(text: string): { origin: string; path: string; query: string } {
  const [, origin = '', rest = text] = absolute.exec(text) ?? [];
  const [path = '', query = ''] = rest.split(/\?(.*)/s, 2);
  if (!path.startsWith('/'))
    throw new Problem('invalid_param', `URL: expected one such as ${sample}, got ${JSON.stringify(text)}`);
  return { origin, path, query };
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch (cause) {
    throw new Problem('invalid_param', `URL: expected UTF-8 after each %, got ${JSON.stringify(path)}`, {
      cause,
    });
  }
}

const endpoints: ReadonlySet<string> = new Set(['info', 'pipeline', ...operations.map(({ name }) => name)]);

const namedPath = new RegExp(`/(?:${namedEndpoints.join('|')})/.`);

/** Whether the path is `/images/NAME` or `/preset/NAME`, and not an endpoint of a server with that path prefix. */
const isNamed = (path: string): boolean =>
  namedPath.test(path) && !endpoints.has(path.slice(path.lastIndexOf('/') + 1));

export interface SignOptions {
  readonly key: string;
  readonly host?: string;
  /** Unix time in seconds after which the server refuses the URL. */
  readonly expires?: number;
}

/** Signs a URL for a server with this key. @throws Problem `invalid_param`. */
export function signUrl(url: string, { key, host, expires }: SignOptions): string {
  const { origin, path, query } = splitUrl(url);
  const full = [query, expires === undefined ? '' : `expires=${expires}`].filter(Boolean).join('&');
  const decoded = decodePath(path);
  const sign = createSignature(key, isNamed(decoded) ? signedNamePath(decoded) : decoded, full);
  return `${host ? withoutTrailingSlash(host) : origin}${path}?${full ? `${full}&` : ''}sign=${sign}`;
}

function checkKey(key: string): string {
  if (key.length >= minKeyLength) return key;
  const expected = `expected a key of at least ${minKeyLength} characters`;
  throw new Problem('invalid_param', `--key or URL_SIGNATURE_KEY: ${expected}, got ${key.length || 'none'}`);
}

/** `imagetx sign` */
export const sign = defineCommand(signFields, async ({ values, positionals }, { env, out }) => {
  if (positionals.length === 0)
    throw new Problem('missing_param', `URL: expected one such as ${sample}, got none`);
  const key = checkKey(values.key ?? env.URL_SIGNATURE_KEY ?? '');
  const expires = values.expires && Math.floor(Date.now() / 1000) + secondsOf(values.expires);
  const options = { key, ...(values.host ? { host: values.host } : {}), ...(expires ? { expires } : {}) };
  for (const url of positionals) out(signUrl(url, options));
  return 0;
});
