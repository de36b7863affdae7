import { Problem } from '../../../../common/problem.ts';

interface Origin {
  /** With port; lower case. */
  readonly host: string;
  /** Whether sub-domains of `host` count too. */
  readonly isWild: boolean;
  /** Start of the decoded path. */
  readonly path: string;
}

const scheme = /^[a-z][a-z0-9+.-]*:\/\//i;

function parse(entry: string): URL {
  try {
    return new URL(scheme.test(entry) ? entry : `http://${entry}`);
  } catch (cause) {
    throw new Problem('invalid_param', `allowed origin: expected a URL, got ${JSON.stringify(entry)}`, {
      cause,
    });
  }
}

const decoded = (path: string): string => {
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
  const { host, pathname } = parse(entry);
  const isWild = host.startsWith('*.');
  return { host: isWild ? host.slice(2) : host, isWild, path: prefixOf(decoded(pathname)) };
}

/**
 * A segment that a server may take for the folder above: with an escaped or back slash, with parameters after a
 * semicolon, or cut short at a NUL or a space.
 */
const climbs = /(^|[\\/])\.\.($|[\\/;\0\s])/;

const escaped = /%([0-9a-f]{2})/gi;
const byteOf = (_: string, hex: string): string => String.fromCharCode(Number.parseInt(hex, 16));

/** Servers that decode a path again and again see other segments each time; broken escapes stop none of them. */
function canClimb(path: string): boolean {
  const again = path.replace(escaped, byteOf);
  return climbs.test(path) || (again !== path && canClimb(again));
}

const matches = (origin: Origin, host: string, path: string): boolean =>
  (host === origin.host || (origin.isWild && host.endsWith(`.${origin.host}`))) &&
  path.startsWith(origin.path);

/** Whether a URL's host (with port) and path are on the list; its scheme, user and query do not count. */
export type AllowsOrigin = (url: URL) => boolean;

/**
 * The list of ALLOWED_ORIGINS; an empty one allows all.
 * @throws Problem `invalid_param` for an entry that is no URL.
 */
export function allowedOrigins(entries: readonly string[]): AllowsOrigin {
  const origins = entries.map(originOf);
  if (origins.length === 0) return () => true;
  return ({ host, pathname }) => {
    const path = decoded(pathname);
    return !canClimb(pathname) && origins.some((origin) => matches(origin, host, path));
  };
}

/** How a refused URL is told: host and decoded path. */
export const shownOrigin = ({ host, pathname }: URL): string =>
  pathname === '/' ? host : `${host}${decoded(pathname)}`;
