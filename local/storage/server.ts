import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createFaults, type Faults } from '../kit/faults.ts';
import { closeServer, listenOn } from '../kit/listening.ts';
import { bodyOf, parseRequest } from './api/call.ts';
import { asRefusal } from './api/refusal.ts';
import { type ObjectResource, objectResource } from './api/resource.ts';
import { route } from './api/router.ts';
import { DiskStore } from './objects/store.ts';
import { createSessions } from './uploads/resumable.ts';

export type StorageOptions = {
  /** Folder of the objects; created when it is missing. One process at a time. */
  readonly dir: string;
  /** 0 picks a free one. */
  readonly port: number;
  /** For gsutil, which requires TLS; needs `tls`. */
  readonly httpsPort?: number;
  readonly tls?: { readonly key: string; readonly cert: string };
  /** Buckets to create at the start. */
  readonly buckets?: readonly string[];
  /** Keeps the events of objects that are written before the first listener is added. */
  readonly holdEvents?: boolean;
};

export type LocalStorage = {
  readonly url: string;
  readonly httpsUrl?: string;
  readonly faults: Faults;
  /**
   * Awaits `listener` for each new object before the writer gets its response, so that the listener can store the event
   * first. Resolves to a function that removes the listener. After a kill -9, the first listener gets the objects again
   * whose listeners had not finished.
   */
  onFinalize(
    listener: (object: ObjectResource, overwrote?: string) => void | Promise<void>,
  ): Promise<() => void>;
  close(): Promise<void>;
};

/** An emulator of Cloud Storage: the JSON API, and the part of the XML API that public and signed URLs need. */
export async function startStorage(options: StorageOptions): Promise<LocalStorage> {
  const store = await DiskStore.open(options.dir, { holdEvents: options.holdEvents ?? false });
  const known = new Set(store.catalogue.buckets().map(({ name }) => name));
  for (const name of options.buckets ?? []) if (!known.has(name)) store.createBucket(name);
  const sessions = createSessions(store);
  const faults = createFaults();

  const serve = async (req: IncomingMessage, res: ServerResponse) => {
    try {
      if (await faults.intercept(req, res)) return;
      const parts = parseRequest(req);
      const { serve, params } = route(req.method ?? 'GET', parts.path);
      const body = bodyOf(req, isJson(parts.path));
      await serve({ ...parts, params, req, res, body, store }, sessions);
    } catch (error) {
      answerError(req, res, error);
    }
  };

  const http = createServer(serve);
  const https =
    options.tls && options.httpsPort !== undefined ? createTlsServer({ ...options.tls }, serve) : undefined;
  const url = await listenOn(http, options.port, 'http');
  const httpsUrl = https && (await listenOn(https, options.httpsPort ?? 0, 'https'));
  return {
    url,
    ...(httpsUrl === undefined ? {} : { httpsUrl }),
    faults,
    onFinalize: (listener) =>
      store.onFinalize((object, overwrote) =>
        listener(objectResource(object), overwrote === undefined ? undefined : String(overwrote)),
      ),
    async close() {
      await Promise.all([http, https].map((server) => server && closeServer(server)));
      store.close();
    },
  };
}

/** Sends an error as the real service does: JSON, plain text for media paths, XML for XML paths. */
function answerError(req: IncomingMessage, res: ServerResponse, error: unknown): void {
  if (res.headersSent || res.destroyed) return void res.destroy();
  const { status, reason, message } = asRefusal(error);
  const close = req.complete ? {} : { connection: 'close' };
  const { path, isMedia } = kindOf(req.url ?? '/');
  if (status === 304) return void res.writeHead(304).end();
  const [type, text] = isMedia
    ? ['text/html; charset=UTF-8', message]
    : isJson(path)
      ? [
          'application/json; charset=UTF-8',
          JSON.stringify({
            error: { code: status, message, errors: [{ message, domain: 'global', reason }] },
          }),
        ]
      : ['application/xml; charset=UTF-8', errorXml(status, message)];
  res.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(text), ...close });
  res.end(req.method === 'HEAD' ? undefined : text);
}

const isJson = (path: string) => /^(\/(resumable|upload|download|storage)\b.*)?\/b(\/|$)/.test(path);

function kindOf(url: string) {
  const [path = '/', search = ''] = url.split('?');
  return { path, isMedia: search.includes('alt=media') || path.startsWith('/download/') };
}

const xmlCodes: Readonly<Record<number, string>> = {
  400: 'InvalidArgument',
  404: 'NoSuchKey',
  412: 'PreconditionFailed',
  416: 'InvalidRange',
};

function errorXml(status: number, message: string): string {
  const safe = message.replace(/[<>&]/g, (sign) => `&#${sign.charCodeAt(0)};`);
  const code = xmlCodes[status] ?? 'InternalError';
  return `<?xml version='1.0' encoding='UTF-8'?><Error><Code>${code}</Code><Message>${safe}</Message></Error>`;
}
