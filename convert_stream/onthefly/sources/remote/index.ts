import { createLookUp, type LookUp } from '../../../../common/dns/lookup.ts';
import type { OnTheFlyConfig } from '../../../settings/onthefly.ts';
import { guardedAgent } from './connect.ts';
import { checkLength, type Errand, type Fetched, fetchPicture } from './fetch.ts';
import { createNames } from './names.ts';
import { allowedOrigins } from './origins.ts';
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
  /** How names are looked up; the system's hosts file and name servers without it. */
  readonly lookUp?: LookUp;
}

/** Fetches pictures from other servers: nothing leaves this service by another way. */
export interface Remote {
  fetch(url: string, errand: Errand): Promise<Fetched>;
}

export function createRemote({ config, maxBytes, lookUp }: RemoteOptions): Remote {
  const timeoutMs = config.REMOTE_TIMEOUT_MS;
  const names = createNames(lookUp ?? createLookUp({ timeoutMs }));
  const isAllowed = allowedAddresses(config.ALLOWED_PRIVATE_NETWORKS);
  const options = {
    dispatcher: guardedAgent({ isAllowed, names, connectTimeoutMs: timeoutMs }),
    names,
    allowsOrigin: allowedOrigins(config.ALLOWED_ORIGINS),
    maxRedirects: config.MAX_REDIRECTS,
    timeoutMs,
    maxBytes: config.MAX_ALLOWED_SIZE || maxBytes,
  };
  return {
    fetch: async (text, errand) => {
      const url = parseUrl(text);
      if (config.MAX_ALLOWED_SIZE > 0) await checkLength(url, errand, options);
      return await fetchPicture(url, errand, options);
    },
  };
}
