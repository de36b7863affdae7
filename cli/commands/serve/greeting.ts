import type { AccessConfig } from '../../../convert_stream/guards/signed_url.ts';

/** What a client needs, and when. */
const credentials: readonly (readonly [name: string, isNeeded: (config: AccessConfig) => boolean])[] = [
  ['an API key', ({ API_KEY, API_KEYS }) => Boolean(API_KEY) || API_KEYS.length > 0],
  ['a signed URL', ({ ENABLE_URL_SIGNATURE }) => ENABLE_URL_SIGNATURE],
];

/** The line that the server prints when it listens. */
export function greeting(place: string, config: AccessConfig): string {
  const needed = credentials.filter(([, isNeeded]) => isNeeded(config)).map(([name]) => name);
  const clients = needed.length > 0 ? `clients with ${needed.join(' and ')}` : 'anyone';
  return `Listening on ${place}, for ${clients}`;
}
