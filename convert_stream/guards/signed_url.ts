import { Problem } from '../../common/problem.ts';
import type { Guard, GuardedExchange } from '../http/exchange.ts';
import type { OnTheFlyConfig } from '../settings/onthefly.ts';
import { minKeyLength, namedEndpoints, signedNamePath, verifySignature } from './signature.ts';

const seconds = /^\d{1,12}$/;

/**
 * Checks a signed URL, and its `expires` (Unix seconds) where it has one.
 * @throws Problem `forbidden`; `invalid_param` for a malformed signature.
 */
function checkSignedUrl(
  keys: readonly string[],
  { path, query }: Pick<GuardedExchange, 'path' | 'query'>,
  nowMs: number,
): void {
  verifySignature(keys, path, query.pairs);
  const expires = query.texts.get('expires');
  if (expires !== undefined && !(seconds.test(expires) && Number(expires) * 1000 >= nowMs))
    throw new Problem('forbidden', 'URL signature expired');
}

/** Requires signed URLs for pictures. */
export const signatureGuard =
  (keys: readonly string[], now: () => number): Guard =>
  ({ endpoint, path, query }) => {
    const signed = namedEndpoints.includes(endpoint.name) ? signedNamePath(path) : path;
    if (endpoint.kind === 'image') checkSignedUrl(keys, { path: signed, query }, now());
    return undefined;
  };

/** The keys of signed URLs, the current one first. @throws Problem `invalid_param` when one is missing or short. */
export function signatureKeys(config: OnTheFlyConfig): readonly string[] {
  if (!config.ENABLE_URL_SIGNATURE) return [];
  const keys = [config.URL_SIGNATURE_KEY ?? '', ...config.URL_SIGNATURE_KEYS];
  if (keys[0] === '') throw new Problem('invalid_param', 'URL signature key is required');
  if (keys.some((key) => key.length < minKeyLength))
    throw new Problem('invalid_param', `URL signature key must be a minimum of ${minKeyLength} characters`);
  return keys;
}

export interface AccessConfig extends Pick<OnTheFlyConfig, 'API_KEYS' | 'ENABLE_URL_SIGNATURE'> {
  readonly API_KEY?: string;
  /** true: the service refuses to start without a key or signatures. false: it is open on purpose. */
  readonly REQUIRE_AUTH?: boolean;
}

/**
 * A warning for operators of a service that anyone may use; undefined when it is guarded or open on purpose.
 * @throws Problem `invalid_param` with REQUIRE_AUTH and neither keys nor signatures.
 */
export function warningIfOpen(config: AccessConfig): string | undefined {
  const isGuarded = Boolean(config.API_KEY) || config.API_KEYS.length > 0 || config.ENABLE_URL_SIGNATURE;
  if (isGuarded || config.REQUIRE_AUTH === false) return undefined;
  const open = 'anyone who reaches this service may use it: neither an API key nor signed URLs are required';
  if (config.REQUIRE_AUTH) throw new Problem('invalid_param', `REQUIRE_AUTH is set, but ${open}`);
  return `WARNING: ${open}; set REQUIRE_AUTH to false if this is intended`;
}
