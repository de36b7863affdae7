import type { IncomingHttpHeaders } from 'node:http';
import type { OnTheFlyConfig } from '../../../settings/onthefly.ts';

type Settings = Pick<OnTheFlyConfig, 'FORWARD_HEADERS' | 'ENABLE_AUTH_FORWARDING' | 'AUTHORIZATION'>;

const firstValue = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value[0] : value;

/** The Authorization of a fetch: the configured one, else the client's if it is forwarded. */
function authorizationOf(headers: IncomingHttpHeaders, settings: Settings): string | undefined {
  if (settings.AUTHORIZATION) return settings.AUTHORIZATION;
  if (!settings.ENABLE_AUTH_FORWARDING) return undefined;
  return firstValue(headers['x-forward-authorization']) || headers.authorization;
}

/** Names of the client's headers that a fetched picture may depend on. */
export const forwardedNames = ({
  FORWARD_HEADERS,
  ENABLE_AUTH_FORWARDING,
  AUTHORIZATION,
}: Settings): readonly string[] => [
  ...FORWARD_HEADERS,
  ...(ENABLE_AUTH_FORWARDING && !AUTHORIZATION ? ['X-Forward-Authorization', 'Authorization'] : []),
];

/** The client's headers that are forwarded when a picture is fetched; names in lower case. */
export function forwardedHeaders(
  headers: IncomingHttpHeaders,
  settings: Settings,
): Readonly<Record<string, string>> {
  const sent: Record<string, string> = {};
  for (const name of settings.FORWARD_HEADERS) {
    const value = firstValue(headers[name.toLowerCase()]);
    if (value) sent[name.toLowerCase()] = value;
  }
  const authorization = authorizationOf(headers, settings);
  if (authorization) sent.authorization = authorization;
  return sent;
}
