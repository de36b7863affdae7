import { isIP } from 'node:net';
import { cachedFile } from './cached_file.ts';

export interface Address {
  readonly address: string;
  readonly family: 4 | 6;
}

/** The addresses of every name in a hosts file, hosts(5). Names are in lower case. */
function parseHosts(text: string): ReadonlyMap<string, readonly Address[]> {
  const hosts = new Map<string, Address[]>();
  for (const line of text.split('\n')) {
    const [address = '', ...names] = (line.split('#', 1)[0] ?? '').trim().split(/\s+/);
    const family = isIP(address);
    if (family !== 4 && family !== 6) continue;
    for (const name of names.map((one) => one.toLowerCase())) {
      const known = hosts.get(name);
      if (known) known.push({ address, family });
      else hosts.set(name, [{ address, family }]);
    }
  }
  return hosts;
}

export const hostsFile = (file = '/etc/hosts') => cachedFile(file, parseHosts);
