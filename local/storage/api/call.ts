import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { Preconditions } from '../objects/preconditions.ts';
import { preconditionsIn } from '../objects/preconditions.ts';
import type { DiskStore } from '../objects/store.ts';
import { pruneFields } from './fields.ts';
import { refusal } from './refusal.ts';

/** One parsed request. Parameters are decoded from the raw path, so that a name may contain any character. */
export type Call = {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  /** The request body, without the content coding of the transfer. */
  readonly body: Readable;
  readonly store: DiskStore;
  /** Scheme and authority that the client used, for links in responses. */
  readonly base: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly params: Readonly<Record<string, string>>;
  readonly preconditions: Preconditions;
};

/** Parses without `URL`, which would resolve `..` inside object names. */
export function parseRequest(req: IncomingMessage): Pick<Call, 'base' | 'path' | 'query' | 'preconditions'> {
  const [path = '/', search = ''] = (req.url ?? '/').split(/\?(.*)/s);
  const isTls = 'encrypted' in req.socket;
  const query = new URLSearchParams(search);
  const base = `${isTls ? 'https' : 'http'}://${req.headers.host ?? 'localhost'}`;
  return { base, path, query, preconditions: preconditionsIn(query) };
}

/**
 * Clients of the JSON API may compress a body for the transfer, such as `gsutil cp -J`. In the XML API the same header
 * belongs to the object.
 */
export function bodyOf(req: IncomingMessage, isJson: boolean): Readable {
  const isPacked = isJson && /^(x-)?gzip$/i.test(req.headers['content-encoding'] ?? '');
  // The reader of the body receives its error.
  return isPacked ? pipeline(req, createGunzip(), () => {}) : req;
}

/** An integer of the query, or undefined. */
export function numberIn(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null || text === '') return undefined;
  if (/^\d{1,16}$/.test(text)) return Number(text);
  throw refusal(400, `Invalid value for ${name}: '${text}'`);
}

export function sendJson({ res, query }: Call, status: number, body: object): void {
  const text = JSON.stringify(pruneFields(body, query.get('fields')));
  const headers = {
    'content-type': 'application/json; charset=UTF-8',
    'cache-control': 'no-cache, no-store',
  };
  res.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(text) }).end(text);
}

const maxJsonBytes = 1024 * 1024;

/** The request body as text, for JSON. */
export async function bodyText(source: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of source) {
    size += chunk.length;
    if (size > maxJsonBytes) throw refusal(400, `the body has more than ${maxJsonBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
