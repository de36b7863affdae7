import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { unpooledBytes } from '../../../common/streams/growing_buffer.ts';
import type { OnTheFlyConfig } from '../../settings/onthefly.ts';
import type { Originals } from '../results/originals.ts';
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
}

/** Pictures of other servers, named by `?url=`. */
export const remoteSource = ({ config, remote, originals }: RemoteSourceOptions): PictureSource => ({
  varies: forwardedNames(config),
  handles: ({ query }) => Boolean(query.texts.get('url')),
  find: async ({ req, query }, { reservation, signal }) => {
    const { check, fetch } = await remote();
    const url = query.texts.get('url') ?? '';
    const headers = forwardedHeaders(req.headers, config);
    const get = (conditions: Readonly<Record<string, string>> = {}): Promise<Fetched> =>
      fetch(url, { headers: { ...headers, ...conditions }, reservation, signal });
    if (!isForAll(req.headers, config)) {
      const fetched = await get();
      return { version: versionOf(fetched), read: async () => unpooledBytes(fetched.bytes) };
    }
    const source = `url ${url}`;
    if (originals === undefined) {
      const fetched = await get();
      return { version: versionOf(fetched), source, read: async () => unpooledBytes(fetched.bytes) };
    }
    // What was kept under other settings may be forbidden now.
    check(url);
    const reserve = (bytes: number): void => reservation.add(bytes);
    const { bytes, version } = await originals.find(source, { fetch: get, versionOf, reserve });
    return { version, source, read: async () => unpooledBytes(bytes) };
  },
});
