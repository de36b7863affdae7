import { isIP, type LookupFunction } from 'node:net';
import { Problem } from '../problem.ts';
import { type Address, hostsFile } from './hosts_file.ts';
import { isUnknownName, queryAddresses } from './query.ts';
import { fullNames, resolvConf } from './resolv_conf.ts';

export type { Address } from './hosts_file.ts';

/** Finds all addresses of a host. @throws an error with a code of c-ares, Problem `too_busy`, the signal's reason. */
export type LookUp = (host: string, signal?: AbortSignal) => Promise<readonly Address[]>;

export interface LookUpOptions {
  /** For one name, with all its name servers and search domains. */
  readonly timeoutMs: number;
  /** Concurrent lookups. */
  readonly most?: number;
  /** Name servers instead of those in resolv.conf, as `address:port`. */
  readonly servers?: readonly string[];
  readonly hosts?: string;
  readonly resolvConf?: string;
}

/** `localhost` and all names below it mean this machine, RFC 6761. */
const isLocal = (name: string): boolean => /(^|\.)localhost$/.test(name);
const loopback: readonly Address[] = [
  { address: '127.0.0.1', family: 4 },
  { address: '::1', family: 6 },
];

const unknown = (host: string, cause?: unknown): Error =>
  Object.assign(new Error(`no address of ${host} is known`, { cause }), { code: 'ENOTFOUND' });

const replaced = (): Problem =>
  new Problem('too_busy', 'Too many names are being looked up; try again later', { retryAfter: 1 });

/** A fixed number of slots. A new lookup replaces the oldest: a live name server would have answered that by now. */
function createQuerySlots(most: number) {
  const slots = new Set<AbortController>();
  return {
    take: (): AbortController => {
      const [oldest] = slots;
      if (slots.size >= most) oldest?.abort(replaced());
      if (slots.size >= most && oldest) slots.delete(oldest);
      const slot = new AbortController();
      slots.add(slot);
      return slot;
    },
    leave: (slot: AbortController) => slots.delete(slot),
  };
}

/** After these answers for one search domain, the name server may still know the next full name. */
const unhelpful = new Set(['ESERVFAIL', 'EREFUSED']);

/** Finds the addresses of the first full name that has any. Stops when a name server does not answer. */
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
 * Looks names up without the system's getaddrinfo, which occupies a thread of a small pool while a name server is
 * silent and cannot be cancelled. Reads the hosts file, then asks the name servers of resolv.conf with its search
 * domains and `ndots`. Other sources of nsswitch.conf (mDNS, LDAP) are not used.
 */
export function createLookUp(options: LookUpOptions): LookUp {
  const { timeoutMs, most = 256, servers } = options;
  const hosts = hostsFile(options.hosts);
  const conf = resolvConf(options.resolvConf);
  const slots = createQuerySlots(most);

  const fromServers = async (host: string, signal: AbortSignal | undefined) => {
    const slot = slots.take();
    const signals = [slot.signal, AbortSignal.timeout(timeoutMs), ...(signal ? [signal] : [])];
    const query = { signal: AbortSignal.any(signals), servers };
    try {
      return await search(fullNames(host, await conf()), (name) => queryAddresses(name, query));
    } catch (error) {
      throw isUnknownName(error) ? unknown(host, error) : error;
    } finally {
      slots.leave(slot);
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

/** The lookup in the form that node:net takes. */
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
