import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';
import { Problem } from '../../../common/problem.ts';
import type { Endpoint } from '../../http/exchange.ts';
import { type EndpointContext, type EndpointSpec, pathOf } from './endpoint.ts';

/** Where a path leads; undefined outside of the prefix. */
export type Route = (decodedPath: string) => Endpoint | undefined;

/** `/api/v1` of `api/v1/` and the like; empty for the root. */
export const prefixOf = (text: string): string => path.posix.join('/', text).replace(/\/+$/, '');

const notFound = (): never => {
  throw new Problem('not_found', 'Not found');
};

/** Any other path; like Imaginary's it counts as the last of its parts where endpoints are switched off. */
const unknown = (decoded: string): Endpoint => ({
  name: decoded.slice(decoded.lastIndexOf('/') + 1),
  kind: 'unknown',
  answer: notFound,
});

interface Routed {
  readonly spec: EndpointSpec;
  readonly endpoint: Endpoint;
}

/** In a path: the rest of it. */
const rest = '{name}';

/** Where requests lead: endpoints by their whole path, and those whose path ends with a name. */
export function createRoute(context: EndpointContext): Route {
  const { specs, prefix, shop } = context;
  const offered: readonly Routed[] = specs
    .filter(({ isOffered = () => true }) => isOffered(shop.config))
    .map((spec) => ({
      spec,
      endpoint: { name: spec.name, kind: spec.kind, answer: spec.createAnswer(context) },
    }));
  const whole = new Map<string, Endpoint>();
  const folders: (readonly [string, Endpoint])[] = [];
  for (const { spec, endpoint } of offered) {
    const path = prefix + pathOf(spec);
    if (path.endsWith(rest)) folders.push([path.slice(0, -rest.length), endpoint]);
    // The index has no slash at its end below a prefix.
    else whole.set(spec.name === '' && prefix !== '' ? prefix : path, endpoint);
  }
  const inFolder = (decoded: string): Endpoint | undefined =>
    folders.find(([folder]) => decoded.startsWith(folder) && decoded.length > folder.length)?.[1];
  return (decoded) =>
    whole.get(decoded) ?? inFolder(decoded) ?? (prefix === '' ? unknown(decoded) : undefined);
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
