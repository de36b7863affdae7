import type { RequestHandler } from 'express';
import type { ServeConfig } from '../config.ts';
import type { Shared } from '../shared.ts';
import { keyGuard, signatureGuard, signatureKeys } from './access.ts';
import { cacheGuard } from './caching.ts';
import { corsGuard, preflightGuard } from './cors.ts';
import type { Guard } from './exchange.ts';
import { onTheFlyDoor } from './index.ts';
import { getGuard, methodGuard } from './methods.ts';
import { createPlaceholder } from './placeholder.ts';
import { serverGuard } from './server_header.ts';
import { createWork } from './setup.ts';

/** What stands before every endpoint of the on-the-fly door. The order decides which error wins: it is Imaginary's. */
function guardsOf(config: ServeConfig, usage: Shared['usage']): readonly Guard[] {
  const signatures = signatureKeys(config);
  const keys = [config.API_KEY ?? '', ...config.API_KEYS].filter(Boolean);
  const guards: readonly (readonly [isOn: boolean, guard: () => Guard])[] = [
    [config.CORS, () => preflightGuard],
    [signatures.length > 0, () => signatureGuard(signatures, Date.now)],
    [true, () => getGuard(Boolean(config.MOUNT) || config.ENABLE_URL_SOURCE)],
    [true, () => methodGuard],
    [true, () => serverGuard],
    [config.HTTP_CACHE_TTL >= 0, () => cacheGuard(config.HTTP_CACHE_TTL, Date.now)],
    [keys.length > 0, () => keyGuard(keys)],
    [config.CORS, () => corsGuard],
  ];
  return [...guards.filter(([isOn]) => isOn).map(([, guard]) => guard()), ...usage];
}

/**
 * The on-the-fly door with what stands in front of it.
 * @throws Problem `invalid_param` for settings that cannot be.
 */
export async function onTheFly(config: ServeConfig, shared: Shared): Promise<RequestHandler> {
  const { shop, route } = createWork(config, shared);
  const hasPlaceholder = config.ENABLE_PLACEHOLDER || Boolean(config.PLACEHOLDER);
  const placeholder = hasPlaceholder ? await createPlaceholder(config, shop.convertOptions) : undefined;
  return onTheFlyDoor({
    guards: guardsOf(config, shared.usage),
    route,
    ...(placeholder ? { placeholder } : {}),
  });
}
