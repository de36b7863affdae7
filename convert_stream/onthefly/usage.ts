import { disabledGuard, disabledNames } from './disabled.ts';
import type { Guard } from './exchange.ts';
import type { OnTheFlyConfig } from './settings.ts';
import { throttleGuard } from './throttle.ts';

type Settings = Pick<OnTheFlyConfig, 'THROTTLE_PER_SECOND' | 'THROTTLE_BURST' | 'DISABLE_ENDPOINTS'>;

/** How often an endpoint may be asked, and whether at all: both doors count together. */
export function usageGuards(config: Settings): readonly Guard<'endpoint'>[] {
  const disabled = disabledNames(config.DISABLE_ENDPOINTS);
  const throttle = { perSecond: config.THROTTLE_PER_SECOND, burst: config.THROTTLE_BURST, now: Date.now };
  return [
    ...(throttle.perSecond > 0 ? [throttleGuard(throttle)] : []),
    ...(disabled.size > 0 ? [disabledGuard(disabled)] : []),
  ];
}
