/** Cloud CDN's cache mode CACHE_ALL_STATIC with the values of our Terraform, in seconds. */
export const cdnPolicy = {
  defaultTtl: 10,
  clientTtl: 3600,
  maxTtl: 86_400,
  serveWhileStale: 86_400,
  negative: { 404: 10 } as Readonly<Record<number, number>>,
  /** Largest body that is cached, and the size of the whole cache. */
  maxEntryBytes: 16 * 1024 * 1024,
  maxCacheBytes: 128 * 1024 * 1024,
} as const;

/** Seconds that a response may be served: fresh, and then stale while it is fetched again. */
export type Lifetime = { readonly ttl: number; readonly stale: number };

export type HeaderMap = Readonly<Record<string, string>>;

/** Content types that are cached by default; only those of a bucket of pictures. */
const isStatic = (type: string) =>
  /^(image|video|audio|font)\/|^(text\/(css|javascript)|application\/(javascript|pdf|font-\w+))\b/.test(type);

/** `cache-control` as a map; a directive without a value maps to the empty string. */
function directivesOf(header = ''): ReadonlyMap<string, string> {
  const pairs = header.split(',').map((part) => part.trim().split('='));
  return new Map(pairs.map(([name = '', value = '']) => [name.toLowerCase(), value.replaceAll('"', '')]));
}

/** How long the cache may keep a response; undefined: it may not. */
export function lifetimeOf(status: number, headers: HeaderMap, now: number): Lifetime | undefined {
  const directives = directivesOf(headers['cache-control']);
  const isForbidden = ['no-store', 'private', 'no-cache'].some((name) => directives.has(name));
  if (isForbidden || headers['set-cookie'] !== undefined) return undefined;
  if (headers.vary !== undefined && !/^accept-encoding$/i.test(headers.vary)) return undefined;
  const explicit = explicitTtl(directives, headers, now);
  const ttl = explicit ?? impliedTtl(status, headers);
  if (ttl === undefined || (status !== 200 && cdnPolicy.negative[status] === undefined)) return undefined;
  return { ttl: Math.min(ttl, cdnPolicy.maxTtl), stale: staleOf(status, directives) };
}

function explicitTtl(
  directives: ReadonlyMap<string, string>,
  headers: HeaderMap,
  now: number,
): number | undefined {
  const text = directives.get('s-maxage') ?? directives.get('max-age');
  if (text !== undefined && /^\d+$/.test(text)) return Number(text);
  const expires = Date.parse(headers.expires ?? '');
  return Number.isNaN(expires) ? undefined : Math.max(0, (expires - now) / 1000);
}

function impliedTtl(status: number, headers: HeaderMap): number | undefined {
  if (status !== 200) return cdnPolicy.negative[status];
  return isStatic(headers['content-type'] ?? '') ? cdnPolicy.defaultTtl : undefined;
}

function staleOf(status: number, directives: ReadonlyMap<string, string>): number {
  const mustRevalidate = directives.has('must-revalidate') || directives.has('proxy-revalidate');
  if (status !== 200 || mustRevalidate) return 0;
  const own = directives.get('stale-while-revalidate');
  return own !== undefined && /^\d+$/.test(own) ? Number(own) : cdnPolicy.serveWhileStale;
}

/** Clients keep errors no longer than the CDN does: the default TTL and the client TTL apply to successes. */
const clientTtlOf = (status: number): number =>
  status === 200 ? cdnPolicy.clientTtl : (cdnPolicy.negative[status] ?? 0);

/**
 * The Cache-Control for clients: `max-age` is at most the client TTL; if the origin sets none, it is the smaller of
 * client TTL and default TTL (cloud.google.com/cdn/docs/using-ttl-overrides).
 */
export function clientCacheControl(status: number, header: string | undefined): string {
  const most = clientTtlOf(status);
  if (!header) return `public, max-age=${Math.min(most, cdnPolicy.defaultTtl)}`;
  return header.replace(/\b(max-age=)(\d+)/gi, (_, name: string, seconds: string) => {
    return `${name}${Math.min(Number(seconds), most)}`;
  });
}
