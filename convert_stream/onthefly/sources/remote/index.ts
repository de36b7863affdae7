import { createLookUp, type LookUp } from '../../../../common/dns/lookup.ts';
import type { OnTheFlyConfig } from '../../../settings/onthefly.ts';
import { guardedAgent } from './connect.ts';
import { checkLength, type Fetched, type FetchRequest, fetchPicture } from './fetch.ts';
import { allowedOrigins } from './origins.ts';
import { createSharedLookups } from './shared_lookups.ts';
import { allowedAddresses } from './ssrf.ts';
import { parseUrl } from './url.ts';

export interface RemoteOptions {
  readonly config: Pick<
    OnTheFlyConfig,
    | 'ALLOWED_ORIGINS'
    | 'ALLOWED_PRIVATE_NETWORKS'
    | 'MAX_ALLOWED_SIZE'
    | 'MAX_REDIRECTS'
    | 'REMOTE_TIMEOUT_MS'
  >;
  /** Largest picture if MAX_ALLOWED_SIZE is 0. */
  readonly maxBytes: number;
  /** Looks up names. Default: the system's hosts file and name servers. */
  readonly lookUp?: LookUp;
}

/** Fetches pictures from other servers; every fetch of the service goes through it. */
export interface Remote {
  fetch(url: string, request: FetchRequest): Promise<Fetched>;
}

export function createRemote({ config, maxBytes, lookUp }: RemoteOptions): Remote {
  const timeoutMs = config.REMOTE_TIMEOUT_MS;
  const lookups = createSharedLookups(lookUp ?? createLookUp({ timeoutMs }));
  const isAllowed = allowedAddresses(config.ALLOWED_PRIVATE_NETWORKS);
  const options = {
    dispatcher: guardedAgent({ isAllowed, lookups, connectTimeoutMs: timeoutMs }),
    lookups,
    allowsOrigin: allowedOrigins(config.ALLOWED_ORIGINS),
    maxRedirects: config.MAX_REDIRECTS,
    timeoutMs,
    maxBytes: config.MAX_ALLOWED_SIZE || maxBytes,
  };
  return {
    fetch: async (text, request) => {
      const url = parseUrl(text);
      if (config.MAX_ALLOWED_SIZE > 0) await checkLength(url, request, options);
      return await fetchPicture(url, request, options);
    },
  };
}
