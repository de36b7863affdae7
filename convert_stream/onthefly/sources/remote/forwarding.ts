import type { IncomingHttpHeaders } from 'node:http';
import type { OnTheFlyConfig } from '../../../settings/onthefly.ts';

type Settings = Pick<OnTheFlyConfig, 'FORWARD_HEADERS' | 'ENABLE_AUTH_FORWARDING' | 'AUTHORIZATION'>;

const first = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value[0] : value;

/** The Authorization of a fetch: the configured one, else the client's where it is passed on. */
function authorizationOf(headers: IncomingHttpHeaders, settings: Settings): string | undefined {
  if (settings.AUTHORIZATION) return settings.AUTHORIZATION;
  if (!settings.ENABLE_AUTH_FORWARDING) return undefined;
  return first(headers['x-forward-authorization']) || headers.authorization;
}

/** Headers of the client's request that what is fetched for it may depend on. */
export const forwardedNames = ({
  FORWARD_HEADERS,
  ENABLE_AUTH_FORWARDING,
  AUTHORIZATION,
}: Settings): readonly string[] => [
  ...FORWARD_HEADERS,
  ...(ENABLE_AUTH_FORWARDING && !AUTHORIZATION ? ['X-Forward-Authorization', 'Authorization'] : []),
];

/** Headers of the client's request that go along when a picture is fetched for it; names in lower case. */
export function forwardedHeaders(
  headers: IncomingHttpHeaders,
  settings: Settings,
): Readonly<Record<string, string>> {
  const sent: Record<string, string> = {};
  for (const name of settings.FORWARD_HEADERS) {
    const value = first(headers[name.toLowerCase()]);
    if (value) sent[name.toLowerCase()] = value;
  }
  const authorization = authorizationOf(headers, settings);
  if (authorization) sent.authorization = authorization;
  return sent;
}
