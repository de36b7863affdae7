import type { IncomingMessage } from 'node:http';
import type { Guard, GuardedExchange } from '../http/exchange.ts';
import type { ServeConfig } from '../settings/config.ts';
import { apiKeyIn, checkApiKey } from './api_key.ts';
import { cacheGuard } from './cache_header.ts';
import { corsGuard, preflightGuard } from './cors.ts';
import { disabledGuard, disabledNames } from './disabled.ts';
import { getGuard, methodGuard } from './methods.ts';
import { rateLimitGuard } from './rate_limit.ts';
import { serverGuard } from './server_header.ts';
import { signatureGuard, signatureKeys } from './signed_url.ts';

/** Checks the key that a form contains, and runs the guards after it. @throws Problem. */
export type CheckFormKey = (key: string) => void;

/** The guards of both doors. They run before any of the body is read. */
export interface Guards {
  /**
   * Runs all guards in turn, once for each request.
   * @returns true when a guard has answered the request.
   * @throws Problem of the first guard that refuses it.
   */
  check(exchange: GuardedExchange): boolean;
  /**
   * As `check`, for a form, which may contain the key itself: when the head has none, the returned function checks the
   * key and runs the guards after it.
   */
  checkForm(exchange: GuardedExchange): boolean | CheckFormKey;
}

type Row = readonly [isOn: boolean, guard: () => Guard];

/**
 * The guards in order; the first error wins. The order is Imaginary's, except that CORS comes first: without it a page
 * cannot read a refusal.
 */
function rowsOf(config: ServeConfig): {
  readonly beforeKey: readonly Row[];
  readonly afterKey: readonly Row[];
} {
  const signatures = signatureKeys(config);
  const disabled = disabledNames(config.DISABLE_ENDPOINTS);
  const throttle = { perSecond: config.THROTTLE_PER_SECOND, burst: config.THROTTLE_BURST, now: Date.now };
  const hasSources = Boolean(config.MOUNT) || config.ENABLE_URL_SOURCE;
  return {
    beforeKey: [
      [config.CORS, () => corsGuard],
      [config.CORS, () => preflightGuard],
      [signatures.length > 0, () => signatureGuard(signatures, Date.now)],
      [true, () => getGuard(hasSources)],
      [true, () => methodGuard(hasSources)],
      [config.DOORS.includes('onthefly'), () => serverGuard],
      [config.HTTP_CACHE_TTL >= 0, () => cacheGuard(config.HTTP_CACHE_TTL, Date.now)],
    ],
    // The API key is checked here.
    afterKey: [
      [throttle.perSecond > 0, () => rateLimitGuard(throttle)],
      [disabled.size > 0, () => disabledGuard(disabled)],
    ],
  };
}

const guardsIn = (rows: readonly Row[]): readonly Guard[] =>
  rows.filter(([isOn]) => isOn).map(([, guard]) => guard());

/** @throws Problem `invalid_param` for settings that contradict each other. */
export function createGuards(config: ServeConfig): Guards {
  const rows = rowsOf(config);
  const [beforeKey, afterKey] = [guardsIn(rows.beforeKey), guardsIn(rows.afterKey)];
  const keys = [config.API_KEY ?? '', ...config.API_KEYS].filter(Boolean);
  /** A form may pass on to the other door: it must not count twice for the rate limit. */
  const passed = new WeakSet<IncomingMessage>();

  const finish = (exchange: GuardedExchange, key: string | undefined): boolean => {
    if (keys.length > 0 && !exchange.endpoint.isOpen?.(exchange)) checkApiKey(key ?? '', keys);
    passed.add(exchange.req);
    return afterKey.some((guard) => guard(exchange));
  };
  return {
    check: (exchange) =>
      !passed.has(exchange.req) &&
      (beforeKey.some((guard) => guard(exchange)) || finish(exchange, headKey(exchange, keys))),
    checkForm: (exchange) => {
      if (beforeKey.some((guard) => guard(exchange))) return true;
      const key = headKey(exchange, keys);
      if (keys.length === 0 || key !== undefined) return finish(exchange, key);
      return (formKey) => void finish(exchange, formKey);
    },
  };
}

const headKey = (exchange: GuardedExchange, keys: readonly string[]): string | undefined =>
  keys.length > 0 ? apiKeyIn(exchange) : undefined;
