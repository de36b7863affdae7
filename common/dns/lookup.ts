import { isIP, type LookupFunction } from 'node:net';
import { Problem } from '../problem.ts';
import { type Address, hostsFile } from './hosts_file.ts';
import { isUnknownName, queryAddresses } from './query.ts';
import { fullNames, resolvConf } from './resolv_conf.ts';

export type { Address } from './hosts_file.ts';

/** All addresses of a host name. @throws an error with the code of c-ares, Problem `too_busy`, the signal's reason. */
export type LookUp = (host: string, signal?: AbortSignal) => Promise<readonly Address[]>;

export interface LookUpOptions {
  /** For one name, all its name servers and search domains together. */
  readonly timeoutMs: number;
  /** Lookups under way at a time. */
  readonly most?: number;
  /** Name servers instead of those in resolv.conf, as `address:port`. */
  readonly servers?: readonly string[];
  readonly hosts?: string;
  readonly resolvConf?: string;
}

/** `localhost` and all names below it are this machine, RFC 6761. */
const isLocal = (name: string): boolean => /(^|\.)localhost$/.test(name);
const loopback: readonly Address[] = [
  { address: '127.0.0.1', family: 4 },
  { address: '::1', family: 6 },
];

const unknown = (host: string, cause?: unknown): Error =>
  Object.assign(new Error(`no address of ${host} is known`, { cause }), { code: 'ENOTFOUND' });

const replaced = (): Problem =>
  new Problem('too_busy', 'Too many names are being looked up; try again later', { retryAfter: 1 });

/** Room for a fixed number of lookups. The oldest makes room for the newest: a live name server answers in no time. */
function createPlaces(most: number) {
  const places = new Set<AbortController>();
  return {
    take: (): AbortController => {
      const [oldest] = places;
      if (places.size >= most) oldest?.abort(replaced());
      if (places.size >= most && oldest) places.delete(oldest);
      const place = new AbortController();
      places.add(place);
      return place;
    },
    leave: (place: AbortController) => places.delete(place),
  };
}

/** A name server that answers so for one search domain may know the next full name. */
const unhelpful = new Set(['ESERVFAIL', 'EREFUSED']);

/** The first full name that has addresses. A name server that does not answer ends the search. */
async function search(names: readonly string[], ask: (name: string) => Promise<Address[]>) {
  let failure: unknown;
  for (const name of names) {
    try {
      return await ask(name);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (!isUnknownName(error) && !unhelpful.has(String(code))) throw error;
      if (failure === undefined || isUnknownName(failure)) failure = error;
    }
  }
  throw failure;
}

/**
 * Looks names up without the system's getaddrinfo: that takes a thread of a small pool for as long as a name server
 * is silent, and cannot be ended. Read are the hosts file, then name servers, search domains and `ndots` of
 * resolv.conf; other sources of nsswitch.conf (mDNS, LDAP) are not.
 */
export function createLookUp(options: LookUpOptions): LookUp {
  const { timeoutMs, most = 256, servers } = options;
  const hosts = hostsFile(options.hosts);
  const conf = resolvConf(options.resolvConf);
  const places = createPlaces(most);

  const fromServers = async (host: string, signal: AbortSignal | undefined) => {
    const place = places.take();
    const signals = [place.signal, AbortSignal.timeout(timeoutMs), ...(signal ? [signal] : [])];
    const query = { signal: AbortSignal.any(signals), servers };
    try {
      return await search(fullNames(host, await conf()), (name) => queryAddresses(name, query));
    } catch (error) {
      throw isUnknownName(error) ? unknown(host, error) : error;
    } finally {
      places.leave(place);
    }
  };

  return async (host, signal) => {
    const family = isIP(host);
    if (family === 4 || family === 6) return [{ address: host, family }];
    const asked = host.toLowerCase();
    const name = asked.replace(/\.$/, '');
    const known = (await hosts()).get(name);
    if (known) return known;
    return isLocal(name) ? loopback : await fromServers(asked, signal);
  };
}

/** A lookup as node:net wants it. */
export const netLookup =
  (lookUp: LookUp): LookupFunction =>
  (host, options, callback) => {
    lookUp(host).then(
      (found) => {
        const fitting = found.filter(({ family }) => !options.family || family === options.family);
        const [one] = fitting;
        if (one === undefined) callback(unknown(host), '', 0);
        else if (options.all) callback(null, [...fitting]);
        else callback(null, one.address, one.family);
      },
      (error: NodeJS.ErrnoException) => callback(error, '', 0),
    );
  };
