import { Problem } from '../../../../common/problem.ts';

interface Origin {
  /** With port; lower case. */
  readonly host: string;
  /** Whether sub-domains of `host` match too. */
  readonly isWild: boolean;
  /** Start of the decoded path. */
  readonly path: string;
}

const scheme = /^[a-z][a-z0-9+.-]*:\/\//i;

function parseEntry(entry: string): URL {
  try {
    return new URL(scheme.test(entry) ? entry : `http://${entry}`);
  } catch (cause) {
    throw new Problem('invalid_param', `allowed origin: expected a URL, got ${JSON.stringify(entry)}`, {
      cause,
    });
  }
}

const decodePath = (path: string): string => {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
};

const prefixOf = (path: string): string => {
  if (path.endsWith('*')) return path.slice(0, -1);
  return path.endsWith('/') ? path : `${path}/`;
};

function originOf(entry: string): Origin {
  const { host, pathname } = parseEntry(entry);
  const isWild = host.startsWith('*.');
  return { host: isWild ? host.slice(2) : host, isWild, path: prefixOf(decodePath(pathname)) };
}

/**
 * A segment that a server may interpret as the parent folder: with an escaped slash or a backslash, with parameters
 * after a semicolon, or cut at a NUL or a space.
 */
const climbs = /(^|[\\/])\.\.($|[\\/;\0\s])/;

const escaped = /%([0-9a-f]{2})/gi;
const byteOf = (_: string, hex: string): string => String.fromCharCode(Number.parseInt(hex, 16));

/** A server may decode a path several times and see other segments each time; invalid escapes do not stop it. */
function canClimb(path: string): boolean {
  const again = path.replace(escaped, byteOf);
  return climbs.test(path) || (again !== path && canClimb(again));
}

const matches = (origin: Origin, host: string, path: string): boolean =>
  (host === origin.host || (origin.isWild && host.endsWith(`.${origin.host}`))) &&
  path.startsWith(origin.path);

/** Whether the list contains a URL's host (with port) and path; scheme, user and query do not matter. */
export type AllowsOrigin = (url: URL) => boolean;

/**
 * Checks URLs against ALLOWED_ORIGINS; an empty list allows all.
 * @throws Problem `invalid_param` for an entry that is not a URL.
 */
export function allowedOrigins(entries: readonly string[]): AllowsOrigin {
  const origins = entries.map(originOf);
  if (origins.length === 0) return () => true;
  return ({ host, pathname }) => {
    const path = decodePath(pathname);
    return !canClimb(pathname) && origins.some((origin) => matches(origin, host, path));
  };
}

/** A refused URL for messages: host and decoded path. */
export const describeOrigin = ({ host, pathname }: URL): string =>
  pathname === '/' ? host : `${host}${decodePath(pathname)}`;
