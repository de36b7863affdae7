import type { Storage } from '@google-cloud/storage';
import { crc32cOf } from '../common/crc32c.ts';

export interface ClientOptions {
  /** Named, so that the client never looks for a `gcloud` to ask. */
  readonly projectId: string;
  readonly endpoint?: string;
  readonly idleMs: number;
}

/** Loads the client and what calls need beside it: a quarter of a second of CPU, which the first call would take. */
export async function loadStorageClient(): Promise<typeof Storage> {
  const [{ Storage }] = await Promise.all([
    import('@google-cloud/storage'),
    import('undici'),
    crc32cOf(Buffer.alloc(0)),
  ]);
  return Storage;
}

/** A client that is loaded and made at its first use. */
export function lazyClient({ projectId, endpoint, idleMs }: ClientOptions): () => Promise<Storage> {
  let client: Promise<Storage> | undefined;
  return () => {
    client ??= loadStorageClient().then((Client) => {
      // The client's own retry of downloads ends the process on Node 24; ours is in failure.ts.
      const retryOptions = { autoRetry: false };
      const place = endpoint === undefined ? {} : { apiEndpoint: endpoint };
      return new Client({ projectId, timeout: idleMs, retryOptions, ...place });
    });
    return client;
  };
}
