import type { Bucket, Storage } from '@google-cloud/storage';

export interface ClientOptions {
  /** Named, so that the client never looks for a `gcloud` to ask. */
  readonly projectId: string;
  readonly endpoint?: string;
  readonly idleMs: number;
}

/** Loads the client at the first use: it takes a good part of a program's start. */
export function lazyClient({ projectId, endpoint, idleMs }: ClientOptions): () => Promise<Storage> {
  let client: Promise<Storage> | undefined;
  return () => {
    client ??= import('@google-cloud/storage').then(({ Storage }) => {
      // The client's own retry of downloads ends the process on Node 24; ours is in failure.ts.
      const retryOptions = { autoRetry: false };
      const place = endpoint === undefined ? {} : { apiEndpoint: endpoint };
      return new Storage({ projectId, timeout: idleMs, retryOptions, ...place });
    });
    return client;
  };
}

const handles = new WeakMap<Storage, Map<string, Bucket>>();

/** A client's handle of a bucket, made once: making it is a good part of the cost of a small write. */
export function bucketOf(client: Storage, name: string): Bucket {
  const known = handles.get(client) ?? new Map<string, Bucket>();
  const handle = known.get(name) ?? client.bucket(name);
  handles.set(client, known.set(name, handle));
  return handle;
}
