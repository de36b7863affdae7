import { createHash } from 'node:crypto';
import { unpooledBytes } from '../../../common/streams/growing_buffer.ts';
import type { OnTheFlyConfig } from '../../settings/onthefly.ts';
import { forwardedHeaders, forwardedNames } from './remote/forwarding.ts';
import type { Remote } from './remote/index.ts';
import type { PictureSource } from './source.ts';

const hashOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('base64url');

/** Pictures of other servers, named by `?url=`. */
export const remoteSource = (config: OnTheFlyConfig, remote: () => Promise<Remote>): PictureSource => ({
  varies: forwardedNames(config),
  handles: ({ query }) => Boolean(query.texts.get('url')),
  find: async ({ req, query }, { reservation, signal }) => {
    const { fetch } = await remote();
    const headers = forwardedHeaders(req.headers, config);
    const { bytes, tag } = await fetch(query.texts.get('url') ?? '', { headers, reservation, signal });
    return { version: tag ?? hashOf(bytes), read: async () => unpooledBytes(bytes) };
  },
});
