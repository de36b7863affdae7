import type { IncomingMessage } from 'node:http';
import type { Guard, Visit } from '../http/exchange.ts';
import type { ServeConfig } from '../settings/config.ts';
import { checkKey, keyOf } from './api_key.ts';
import { cacheGuard } from './cache_header.ts';
import { corsGuard, preflightGuard } from './cors.ts';
import { disabledGuard, disabledNames } from './disabled.ts';
import { getGuard, methodGuard } from './methods.ts';
import { throttleGuard } from './rate_limit.ts';
import { serverGuard } from './server_header.ts';
import { signatureGuard, signatureKeys } from './signed_url.ts';

/** Decides by the key that a form brings. @throws Problem. */
export type DecideByKey = (key: string) => void;

/** What stands in front of both doors. Everything is decided before any of the body is read. */
export interface Guards {
  /**
   * Asks all guards in turn, once for each request.
   * @returns true when one has answered itself.
   * @throws Problem of the first that refuses.
   */
  ask(visit: Visit): boolean;
  /**
   * As `ask`, for a form, which may bring its key itself: where the head has none, the key and the guards after it
   * are asked by the function that is returned.
   */
  askForm(visit: Visit): boolean | DecideByKey;
}

type Row = readonly [isOn: boolean, guard: () => Guard];

/** The order decides which error wins: it is Imaginary's, but for CORS, without which a page cannot read a refusal. */
function rowsOf(config: ServeConfig): { readonly before: readonly Row[]; readonly after: readonly Row[] } {
  const signatures = signatureKeys(config);
  const disabled = disabledNames(config.DISABLE_ENDPOINTS);
  const throttle = { perSecond: config.THROTTLE_PER_SECOND, burst: config.THROTTLE_BURST, now: Date.now };
  const hasSources = Boolean(config.MOUNT) || config.ENABLE_URL_SOURCE;
  return {
    before: [
      [config.CORS, () => corsGuard],
      [config.CORS, () => preflightGuard],
      [signatures.length > 0, () => signatureGuard(signatures, Date.now)],
      [true, () => getGuard(hasSources)],
      [true, () => methodGuard(hasSources)],
      [config.DOORS.includes('onthefly'), () => serverGuard],
      [config.HTTP_CACHE_TTL >= 0, () => cacheGuard(config.HTTP_CACHE_TTL, Date.now)],
    ],
    // Here the key is asked for.
    after: [
      [throttle.perSecond > 0, () => throttleGuard(throttle)],
      [disabled.size > 0, () => disabledGuard(disabled)],
    ],
  };
}

const guardsIn = (rows: readonly Row[]): readonly Guard[] =>
  rows.filter(([isOn]) => isOn).map(([, guard]) => guard());

/** @throws Problem `invalid_param` for settings that cannot be. */
export function createGuards(config: ServeConfig): Guards {
  const rows = rowsOf(config);
  const [before, after] = [guardsIn(rows.before), guardsIn(rows.after)];
  const keys = [config.API_KEY ?? '', ...config.API_KEYS].filter(Boolean);
  /** A form may turn out to be for the other door: it is neither throttled twice nor asked for its key again. */
  const passed = new WeakSet<IncomingMessage>();

  const decide = (visit: Visit, key: string | undefined): boolean => {
    if (keys.length > 0) checkKey(key ?? '', keys);
    passed.add(visit.req);
    return after.some((guard) => guard(visit));
  };
  return {
    ask: (visit) =>
      !passed.has(visit.req) && (before.some((guard) => guard(visit)) || decide(visit, keyIn(visit, keys))),
    askForm: (visit) => {
      if (before.some((guard) => guard(visit))) return true;
      const key = keyIn(visit, keys);
      if (keys.length === 0 || key !== undefined) return decide(visit, key);
      return (brought) => void decide(visit, brought);
    },
  };
}

const keyIn = (visit: Visit, keys: readonly string[]): string | undefined =>
  keys.length > 0 ? keyOf(visit) : undefined;
