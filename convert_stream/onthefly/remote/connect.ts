import { lookup } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import { Agent, buildConnector } from 'undici';
import { type AllowsAddress, isInnerName } from './ssrf.ts';

export interface Resolved {
  readonly address: string;
  readonly family: number;
}
/** All addresses of a host name. */
export type Resolve = (host: string) => Promise<readonly Resolved[]>;

export const systemResolve: Resolve = async (host) => await lookup(host, { all: true });

/** The setting is named to everyone: it says nothing of what is inside. */
const refused = (host: string): Error =>
  new Error(`address of ${host} is not allowed; ALLOWED_PRIVATE_NETWORKS names the private ones that are`);
const refusedName = (host: string): Error => new Error(`host ${host} is not allowed`);

/** A lookup for node:net that answers only when every address of the name is allowed. */
const guardedLookup =
  (isAllowed: AllowsAddress, resolve: Resolve): LookupFunction =>
  (host, options, callback) => {
    resolve(host).then(
      (found) => {
        const [one] = found;
        const isSafe = one !== undefined && found.every(({ address }) => isAllowed(address));
        if (!isSafe) return callback(refused(host), '', 0);
        if (options.all) callback(null, [...found]);
        else callback(null, one.address, one.family);
      },
      (error: NodeJS.ErrnoException) => callback(error, '', 0),
    );
  };

export interface GuardedAgentOptions {
  readonly isAllowed: AllowsAddress;
  readonly resolve: Resolve;
  readonly connectTimeoutMs: number;
}

/**
 * A client that decides when it connects, on the very addresses it connects to: between a check that
 * came earlier and the connection, a name may get another address.
 */
export function guardedAgent({ isAllowed, resolve, connectTimeoutMs }: GuardedAgentOptions): Agent {
  const connect = buildConnector({ timeout: connectTimeoutMs, lookup: guardedLookup(isAllowed, resolve) });
  return new Agent({
    connect: (options, callback) => {
      const { hostname } = options;
      // Addresses in a URL are never looked up.
      if (isInnerName(hostname)) return callback(refusedName(hostname), null);
      if (isIP(hostname) !== 0 && !isAllowed(hostname)) return callback(refused(hostname), null);
      connect(options, callback);
    },
  });
}
