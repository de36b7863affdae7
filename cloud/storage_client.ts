import type { Storage } from '@google-cloud/storage';
import { crc32cOf } from '../common/crc32c.ts';

export interface ClientOptions {
  /** Named, so that the client never looks for a `gcloud` to ask. */
  readonly projectId: string;
  readonly endpoint?: string;
  readonly idleMs: number;
}

/** What a first call would load beside the client. */
const loadRest = () => Promise.all([import('undici'), crc32cOf(Buffer.alloc(0))]);

/** Loads the client at the first use: it takes a good part of a program's start. */
export function lazyClient({ projectId, endpoint, idleMs }: ClientOptions): () => Promise<Storage> {
  let client: Promise<Storage> | undefined;
  return () => {
    client ??= import('@google-cloud/storage').then(async ({ Storage }) => {
      await loadRest();
      // The client's own retry of downloads ends the process on Node 24; ours is in failure.ts.
      const retryOptions = { autoRetry: false };
      const place = endpoint === undefined ? {} : { apiEndpoint: endpoint };
      return new Storage({ projectId, timeout: idleMs, retryOptions, ...place });
    });
    return client;
  };
}
