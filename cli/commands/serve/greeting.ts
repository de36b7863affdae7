import type { AccessConfig } from '../../../convert_stream/guards/signed_url.ts';

/** What requests need, and where that is so. */
const guards: readonly (readonly [what: string, isNeeded: (config: AccessConfig) => boolean])[] = [
  ['an API key', ({ API_KEY, API_KEYS }) => Boolean(API_KEY) || API_KEYS.length > 0],
  ['a signed URL', ({ ENABLE_URL_SIGNATURE }) => ENABLE_URL_SIGNATURE],
];

/** What a server says once it listens. */
export function greeting(place: string, config: AccessConfig): string {
  const needed = guards.filter(([, isNeeded]) => isNeeded(config)).map(([what]) => what);
  const who = needed.length > 0 ? `whoever has ${needed.join(' and ')}` : 'anyone';
  return `Listening on ${place}, for ${who}`;
}
