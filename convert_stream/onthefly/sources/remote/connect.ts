import { isIP } from 'node:net';
import { Agent, buildConnector } from 'undici';
import { netLookup } from '../../../../common/dns/lookup.ts';
import { isUnknownName } from '../../../../common/dns/query.ts';
import type { Names } from './names.ts';
import { type AllowsAddress, isInnerName } from './ssrf.ts';

/** Clients read the name of the setting; it tells nothing about the networks inside. */
const setting = 'ALLOWED_PRIVATE_NETWORKS names the private ones that are';
const refusedAddress = (address: string): Error =>
  new Error(`address of ${address} is not allowed; ${setting}`);
/** One message for both cases: a client must not learn which names exist inside. */
const refusedName = (host: string, cause?: unknown): Error =>
  new Error(`address of ${host} is unknown or not allowed; ${setting}`, { cause });
const refusedInnerName = (host: string): Error => new Error(`host ${host} is not allowed`);

/** Looks a name up and gives its addresses only when every one of them is allowed. */
const guarded = (isAllowed: AllowsAddress, names: Names) => async (host: string) => {
  const found = await names.lookUp(host).catch((error: unknown) => {
    throw isUnknownName(error) ? refusedName(host, error) : error;
  });
  if (found.length > 0 && found.every(({ address }) => isAllowed(address))) return found;
  throw refusedName(host, new Error(`addresses: ${found.map(({ address }) => address).join(', ')}`));
};

export interface GuardedAgentOptions {
  readonly isAllowed: AllowsAddress;
  readonly names: Names;
  readonly connectTimeoutMs: number;
}

/**
 * An HTTP client that checks addresses when it connects, and connects to the very addresses that it has checked:
 * between an earlier check and the connection, a name may get another address.
 */
export function guardedAgent({ isAllowed, names, connectTimeoutMs }: GuardedAgentOptions): Agent {
  const lookup = netLookup(guarded(isAllowed, names));
  const connect = buildConnector({ timeout: connectTimeoutMs, lookup });
  return new Agent({
    connect: (options, callback) => {
      const { hostname } = options;
      // Addresses in a URL are never looked up.
      if (isInnerName(hostname)) return callback(refusedInnerName(hostname), null);
      if (isIP(hostname) !== 0 && !isAllowed(hostname)) return callback(refusedAddress(hostname), null);
      connect(options, callback);
    },
  });
}
