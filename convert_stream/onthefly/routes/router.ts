import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';
import { Problem } from '../../../common/problem.ts';
import type { Endpoint } from '../../http/exchange.ts';
import { type EndpointSetup, type EndpointSpec, pathOf } from './endpoint.ts';

/** Finds the endpoint of a path; undefined outside of the prefix. */
export type Route = (decodedPath: string) => Endpoint | undefined;

/** `/api/v1` of `api/v1/` and the like; empty for the root. */
export const prefixOf = (text: string): string => path.posix.join('/', text).replace(/\/+$/, '');

const notFound = (): never => {
  throw new Problem('not_found', 'Not found');
};

/** The endpoint of unknown paths. DISABLE_ENDPOINTS applies to the last part of such a path, as in Imaginary. */
const unknownEndpoint = (decoded: string): Endpoint => ({
  name: decoded.slice(decoded.lastIndexOf('/') + 1),
  kind: 'unknown',
  answer: notFound,
});

interface Routed {
  readonly spec: EndpointSpec;
  readonly endpoint: Endpoint;
}

/** Stands for the rest of a path. */
const namePlaceholder = '{name}';

/** Routes requests to endpoints, by the whole path or by a path that ends with a name. */
export function createRoute(setup: EndpointSetup): Route {
  const { specs, prefix, context } = setup;
  const offered: readonly Routed[] = specs
    .filter(({ isOffered = () => true }) => isOffered(context.config))
    .map((spec) => ({
      spec,
      endpoint: {
        name: spec.name,
        kind: spec.kind,
        ...(spec.isOpen ? { isOpen: spec.isOpen } : {}),
        answer: spec.createAnswer(setup),
      },
    }));
  const whole = new Map<string, Endpoint>();
  const folders: (readonly [string, Endpoint])[] = [];
  for (const { spec, endpoint } of offered) {
    const path = prefix + pathOf(spec);
    if (path.endsWith(namePlaceholder)) folders.push([path.slice(0, -namePlaceholder.length), endpoint]);
    // The index has no slash at its end below a prefix.
    else whole.set(spec.name === '' && prefix !== '' ? prefix : path, endpoint);
  }
  const inFolder = (decoded: string): Endpoint | undefined =>
    folders.find(([folder]) => decoded.startsWith(folder) && decoded.length > folder.length)?.[1];
  return (decoded) =>
    whole.get(decoded) ?? inFolder(decoded) ?? (prefix === '' ? unknownEndpoint(decoded) : undefined);
}

/** Splits a request's target into the decoded path and the raw query; undefined for invalid escapes. */
export function parseTarget({ url = '/' }: IncomingMessage): { path: string; raw: string } | undefined {
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

/** Redirects paths with empty or dot segments to the path without them. */
export function redirectUnclean(res: ServerResponse, decoded: string, raw: string): boolean {
  if (!unclean.test(decoded)) return false;
  const clean = encodeURI(path.posix.join('/', decoded)).replaceAll('?', '%3F').replaceAll('#', '%23');
  res.writeHead(301, { location: raw ? `${clean}?${raw}` : clean, 'content-length': 0 }).end();
  return true;
}
