import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';
import { Problem } from '../../common/problem.ts';
import type { Endpoint } from './exchange.ts';
import { answerNamed } from './images.ts';
import type { Workshop } from './load.ts';

/** Where a path leads; undefined outside of the prefix. */
export type Route = (decodedPath: string) => Endpoint | undefined;

/** `/api/v1` of `api/v1/` and the like; empty for the root. */
export const prefixOf = (text: string): string => path.posix.join('/', text).replace(/\/+$/, '');

const notFound = (): never => {
  throw new Problem('not_found', 'Not found');
};

/** Any other path; like Imaginary's it counts as the last of its parts where endpoints are switched off. */
const unknown = (rest: string): Endpoint => ({
  name: rest.slice(rest.lastIndexOf('/') + 1),
  kind: 'unknown',
  answer: notFound,
});

const named = (name: string, shop: Workshop): Endpoint => ({
  name: 'images',
  kind: 'image',
  answer: (exchange) => answerNamed(exchange, name, shop),
});

const images = '/images/';

export interface RouteOptions {
  readonly endpoints: ReadonlyMap<string, Endpoint>;
  readonly prefix: string;
  readonly shop: Workshop;
}

export function createRoute({ endpoints, prefix, shop }: RouteOptions): Route {
  const known = new Map([...endpoints].map(([name, endpoint]) => [`${prefix}/${name}`, endpoint]));
  const index = endpoints.get('');
  if (prefix !== '' && index) {
    known.delete(`${prefix}/`);
    known.set(prefix, index);
  }
  return (decoded) => {
    const endpoint = known.get(decoded);
    if (endpoint) return endpoint;
    if (
      shop.config.MOUNT &&
      decoded.startsWith(prefix + images) &&
      decoded.length > prefix.length + images.length
    )
      return named(decoded.slice(prefix.length + images.length), shop);
    return prefix === '' ? unknown(decoded) : undefined;
  };
}

/** The two halves of a request's target, the path decoded; undefined where its escapes are broken. */
export function targetOf({ url = '/' }: IncomingMessage): { path: string; raw: string } | undefined {
  const at = url.indexOf('?');
  const raw = at === -1 ? '' : url.slice(at + 1);
  const encoded = at === -1 ? url : url.slice(0, at);
  if (!encoded.includes('%')) return { path: encoded, raw };
  try {
    return { path: decodeURIComponent(encoded), raw };
  } catch {
    return undefined;
  }
}

const unclean = /\/\/|\/\.{1,2}(\/|$)/;

/** Sends paths with empty or dot segments to the path they mean. */
export function redirectUnclean(res: ServerResponse, decoded: string, raw: string): boolean {
  if (!unclean.test(decoded)) return false;
  const clean = encodeURI(path.posix.join('/', decoded)).replaceAll('?', '%3F').replaceAll('#', '%23');
  res.writeHead(301, { location: raw ? `${clean}?${raw}` : clean, 'content-length': 0 }).end();
  return true;
}
