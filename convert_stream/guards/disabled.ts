import { Problem } from '../../common/problem.ts';
import type { Guard } from '../http/exchange.ts';

export const notImplemented = (): Problem => new Problem('not_implemented', 'Not implemented endpoint');

/** Names of DISABLE_ENDPOINTS, in lower case. */
export const disabledNames = (names: readonly string[]): ReadonlySet<string> =>
  new Set(names.map((name) => name.toLowerCase()));

/** Refuses endpoints that are switched off, by the last part of their path; the index cannot be switched off. */
export const disabledGuard =
  (names: ReadonlySet<string>): Guard =>
  ({ endpoint }) => {
    if (endpoint.name !== '' && names.has(endpoint.name)) throw notImplemented();
    return undefined;
  };
