import { allowedOrigins } from '../origins.ts';
import type { OnTheFlyConfig } from '../settings.ts';
import { guardedAgent, type Resolve, systemResolve } from './connect.ts';
import { checkLength, type Errand, type Fetched, fetchPicture } from './fetch.ts';
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
  /** Largest picture where MAX_ALLOWED_SIZE does not say. */
  readonly maxBytes: number;
  readonly resolve?: Resolve;
}

/** Fetches pictures from other servers: nothing leaves this service by another way. */
export interface Remote {
  fetch(url: string, errand: Errand): Promise<Fetched>;
}

export function createRemote({ config, maxBytes, resolve = systemResolve }: RemoteOptions): Remote {
  const options = {
    dispatcher: guardedAgent({
      isAllowed: allowedAddresses(config.ALLOWED_PRIVATE_NETWORKS),
      resolve,
      connectTimeoutMs: config.REMOTE_TIMEOUT_MS,
    }),
    allowsOrigin: allowedOrigins(config.ALLOWED_ORIGINS),
    maxRedirects: config.MAX_REDIRECTS,
    timeoutMs: config.REMOTE_TIMEOUT_MS,
    maxBytes: config.MAX_ALLOWED_SIZE || maxBytes,
  };
  return {
    fetch: async (text, errand) => {
      const url = parseUrl(text);
      if (config.MAX_ALLOWED_SIZE > 0) await checkLength(url, errand.headers, options);
      return await fetchPicture(url, errand, options);
    },
  };
}
