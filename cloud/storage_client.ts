import http from 'node:http';
import https from 'node:https';
import type { LookupFunction } from 'node:net';
import type { Storage } from '@google-cloud/storage';
import type { Agent } from 'undici';
import { crc32cOf } from '../common/crc32c.ts';
import { createLookUp, type LookUp, netLookup } from '../common/dns/lookup.ts';
import { once } from '../common/once.ts';

export interface ClientOptions {
  /** Always set, so that the client never runs `gcloud` to find the project. */
  readonly projectId: string;
  readonly endpoint?: string;
  readonly idleMs: number;
}

/** Loads the client and the libraries of calls: a quarter of a second of CPU that the first call would take. */
export async function loadStorageClient(): Promise<typeof Storage> {
  const [{ Storage }] = await Promise.all([
    import('@google-cloud/storage'),
    import('undici'),
    crc32cOf(Buffer.alloc(0)),
  ]);
  return Storage;
}

/** A client that is loaded and created at its first use. */
export const lazyClient = ({ projectId, endpoint, idleMs }: ClientOptions): (() => Promise<Storage>) =>
  once(async () => {
    const Client = await loadStorageClient();
    // The client's own retry of downloads crashes the process on Node 24; failure.ts has ours.
    const retryOptions = { autoRetry: false };
    const place = endpoint === undefined ? {} : { apiEndpoint: endpoint };
    return new Client({ projectId, timeout: idleMs, retryOptions, ...place });
  });

/** Node's types lack an agent's connection options. */
function setLookup(agent: http.Agent, lookup: LookupFunction): void {
  Object.assign((agent as unknown as { readonly options: object }).options, { lookup });
}

/** Timeout of one lookup; a working name server answers much sooner. */
const lookUpMs = 10_000;

/**
 * Opens the connections of calls; created at its first use. Lookups need no thread, so that calls never wait for slow
 * lookups of fetched names. Node's global agents, through which Google's clients fetch tokens, get the same lookup.
 */
export const lazyDispatcher = (given?: LookUp): (() => Promise<Agent>) =>
  once(async () => {
    const undici = await import('undici');
    const lookup = netLookup(given ?? createLookUp({ timeoutMs: lookUpMs }));
    for (const agent of [http.globalAgent, https.globalAgent]) setLookup(agent, lookup);
    return new undici.Agent({ connect: { lookup } });
  });
