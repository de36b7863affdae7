import type { RequestHandler } from 'express';
import type { Shared } from '../context/shared.ts';
import type { ServeConfig } from '../settings/config.ts';
import { onTheFlyDoor } from './index.ts';
import { createPlaceholder } from './response/placeholder.ts';
import { createWork } from './setup.ts';

/**
 * The on-the-fly door, behind the guards of both doors.
 * @throws Problem `invalid_param` for settings that cannot be.
 */
export async function onTheFly(config: ServeConfig, shared: Shared): Promise<RequestHandler> {
  const { shop, route } = createWork(config, shared);
  const hasPlaceholder = config.ENABLE_PLACEHOLDER || Boolean(config.PLACEHOLDER);
  const placeholder = hasPlaceholder ? await createPlaceholder(config, shop.convertOptions) : undefined;
  return onTheFlyDoor({
    guards: shared.guards,
    route,
    ...(placeholder ? { placeholder } : {}),
  });
}
