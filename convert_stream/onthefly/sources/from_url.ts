import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { unpooledBytes } from '../../../common/streams/growing_buffer.ts';
import type { OnTheFlyConfig } from '../../settings/onthefly.ts';
import type { Flight, SingleFlight } from '../response/single_flight.ts';
import { mayKeep } from '../results/freshness.ts';
import type { Original, Originals } from '../results/originals.ts';
import type { Fetched } from './remote/fetch.ts';
import { forwardedHeaders, forwardedNames } from './remote/forwarding.ts';
import type { Remote } from './remote/index.ts';
import type { PictureSource } from './source.ts';

const versionOf = ({ tag, bytes }: Fetched): string =>
  tag ?? createHash('sha256').update(bytes).digest('base64url');

/** A header of the client may open what others must not see. */
const isForAll = (headers: IncomingHttpHeaders, config: OnTheFlyConfig): boolean =>
  forwardedNames(config).every((name) => headers[name.toLowerCase()] === undefined);

export interface RemoteSourceOptions {
  readonly config: OnTheFlyConfig;
  readonly remote: () => Promise<Remote>;
  /** Keeps originals, where SOURCES_TTL says so. */
  readonly originals?: Originals | undefined;
  /** Finds the original of all sizes that are asked for at the same time once. */
  readonly findOnce: SingleFlight<Original>;
}

/** Joins the search for an original; its bytes then count for this request too. */
async function join(
  source: string,
  search: (flight: Flight) => Promise<Original>,
  { flight, findOnce }: Pick<RemoteSourceOptions, 'findOnce'> & { readonly flight: Flight },
): Promise<Original> {
  const resources = new DisposableStack();
  const found = await findOnce(source, search, { client: flight.signal, resources }).finally(() =>
    resources.dispose(),
  );
  flight.reservation.add(found.bytes.length);
  return found;
}

/** Pictures of other servers, named by `?url=`. */
export const remoteSource = ({
  config,
  remote,
  originals,
  findOnce,
}: RemoteSourceOptions): PictureSource => ({
  varies: forwardedNames(config),
  handles: ({ query }) => Boolean(query.texts.get('url')),
  find: async ({ req, query }, flight) => {
    const { fetch } = await remote();
    const url = query.texts.get('url') ?? '';
    const headers = forwardedHeaders(req.headers, config);
    const get = (
      { reservation, signal }: Flight,
      conditions: Readonly<Record<string, string>> = {},
    ): Promise<Fetched> => fetch(url, { headers: { ...headers, ...conditions }, reservation, signal });
    const isShared = isForAll(req.headers, config);
    const source = `url ${url}`;
    if (!isShared || originals === undefined) {
      const fetched = await get(flight);
      const named = isShared && mayKeep(fetched) ? { source } : {};
      return { version: versionOf(fetched), ...named, read: async () => unpooledBytes(fetched.bytes) };
    }
    const search = (own: Flight): Promise<Original> =>
      originals.find(source, {
        fetch: (conditions) => get(own, conditions),
        versionOf,
        reserve: (bytes) => own.reservation.add(bytes),
      });
    const original = await join(source, search, { flight, findOnce });
    const { bytes, version } = original;
    return { version, ...(original.mayKeep ? { source } : {}), read: async () => unpooledBytes(bytes) };
  },
});
