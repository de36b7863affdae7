import http from 'node:http';
import https from 'node:https';
import type { LookupFunction } from 'node:net';
import type { Storage } from '@google-cloud/storage';
import type { Agent } from 'undici';
import { crc32cOf } from '../common/crc32c.ts';
import { createLookUp, type LookUp, netLookup } from '../common/dns/lookup.ts';

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

/** Node's types leave out the options that an agent opens its connections with. */
function setLookup(agent: http.Agent, lookup: LookupFunction): void {
  Object.assign((agent as unknown as { readonly options: object }).options, { lookup });
}

/** For one name; a name server answers in far less. */
const lookUpMs = 10_000;

/**
 * Opens the connections of calls, made at their first use. Their names are looked up without a thread, so that calls
 * and fetches of slow names do not wait for each other. Google's clients fetch tokens through Node's global agents,
 * which take the same lookup.
 */
export function lazyDispatcher(given?: LookUp): () => Promise<Agent> {
  let agent: Promise<Agent> | undefined;
  return () => {
    agent ??= import('undici').then((undici) => {
      const lookup = netLookup(given ?? createLookUp({ timeoutMs: lookUpMs }));
      for (const agent of [http.globalAgent, https.globalAgent]) setLookup(agent, lookup);
      return new undici.Agent({ connect: { lookup } });
    });
    return agent;
  };
}
