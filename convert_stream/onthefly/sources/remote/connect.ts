import { isIP } from 'node:net';
import { Agent, buildConnector } from 'undici';
import { netLookup } from '../../../../common/dns/lookup.ts';
import { isUnknownName } from '../../../../common/dns/query.ts';
import type { SharedLookups } from './shared_lookups.ts';
import { type AllowsAddress, isInnerName } from './ssrf.ts';

/** Error messages name the setting, which reveals nothing about internal networks. */
const setting = 'ALLOWED_PRIVATE_NETWORKS names the private ones that are';
const refusedAddress = (address: string): Error =>
  new Error(`address of ${address} is not allowed; ${setting}`);
/** One message for both cases: a client must not learn which internal names exist. */
const refusedName = (host: string, cause?: unknown): Error =>
  new Error(`address of ${host} is unknown or not allowed; ${setting}`, { cause });
const refusedInnerName = (host: string): Error => new Error(`host ${host} is not allowed`);

/** Looks up a name; its addresses count only if every one of them is allowed. */
const lookUpAllowed = (isAllowed: AllowsAddress, lookups: SharedLookups) => async (host: string) => {
  const found = await lookups.lookUp(host).catch((error: unknown) => {
    throw isUnknownName(error) ? refusedName(host, error) : error;
  });
  if (found.length > 0 && found.every(({ address }) => isAllowed(address))) return found;
  throw refusedName(host, new Error(`addresses: ${found.map(({ address }) => address).join(', ')}`));
};

export interface GuardedAgentOptions {
  readonly isAllowed: AllowsAddress;
  readonly lookups: SharedLookups;
  readonly connectTimeoutMs: number;
}

/**
 * An HTTP client that checks addresses when it connects, and connects to the same addresses that it has checked: a name
 * may get another address between an earlier check and the connection.
 */
export function guardedAgent({ isAllowed, lookups, connectTimeoutMs }: GuardedAgentOptions): Agent {
  const lookup = netLookup(lookUpAllowed(isAllowed, lookups));
  const connect = buildConnector({ timeout: connectTimeoutMs, lookup });
  return new Agent({
    connect: (options, callback) => {
      const { hostname } = options;
      // An address in a URL is never looked up.
      if (isInnerName(hostname)) return callback(refusedInnerName(hostname), null);
      if (isIP(hostname) !== 0 && !isAllowed(hostname)) return callback(refusedAddress(hostname), null);
      connect(options, callback);
    },
  });
}
