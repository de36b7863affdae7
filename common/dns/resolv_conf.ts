import { cachedFile } from './cached_file.ts';

/** The part of resolv.conf(5) that says which full names a short one may stand for; c-ares reads the name servers. */
export interface Search {
  readonly domains: readonly string[];
  /** Names with at least so many dots are tried as they are first. */
  readonly ndots: number;
}

const maxNdots = 15;

export function parseResolvConf(text: string): Search {
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

/** The full names to ask for, in their order. A dot at the end makes a name full already. */
export function fullNames(host: string, { domains, ndots }: Search): readonly string[] {
  if (host.endsWith('.')) return [host.slice(0, -1)];
  const longer = domains.map((domain) => `${host}.${domain}`);
  const dots = host.split('.').length - 1;
  return dots >= ndots ? [host, ...longer] : [...longer, host];
}

export const resolvConf = (file = '/etc/resolv.conf') => cachedFile(file, parseResolvConf);
