import { cachedFile } from './cached_file.ts';

/** The part of resolv.conf(5) that expands short names to full names. c-ares itself reads the name servers. */
export interface Search {
  readonly domains: readonly string[];
  /** Names with at least this many dots are first tried unchanged. */
  readonly ndots: number;
}

const maxNdots = 15;

function parseResolvConf(text: string): Search {
  let domains: readonly string[] = [];
  let ndots = 1;
  for (const line of text.split('\n')) {
    const [word, ...rest] = (line.split(/[#;]/, 1)[0] ?? '').trim().split(/\s+/);
    if (word === 'search') domains = rest;
    if (word === 'domain') domains = rest.slice(0, 1);
    if (word !== 'options') continue;
    const [, dots] = /(?:^| )ndots:(\d+)/.exec(rest.join(' ')) ?? [];
    if (dots !== undefined) ndots = Math.min(Number(dots), maxNdots);
  }
  return { domains: domains.map((domain) => domain.replace(/\.$/, '')).filter(Boolean), ndots };
}

/** The full names to query, in order. A name with a trailing dot is already full. */
export function fullNames(host: string, { domains, ndots }: Search): readonly string[] {
  if (host.endsWith('.')) return [host.slice(0, -1)];
  const longer = domains.map((domain) => `${host}.${domain}`);
  const dots = host.split('.').length - 1;
  return dots >= ndots ? [host, ...longer] : [...longer, host];
}

export const resolvConf = (file = '/etc/resolv.conf') => cachedFile(file, parseResolvConf);
