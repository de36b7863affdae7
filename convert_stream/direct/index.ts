import type { IncomingMessage } from 'node:http';
import type { ObjectStore } from '../../cloud/storage.ts';
import { urlPath } from '../../common/object_name.ts';
import { Problem } from '../../common/problem.ts';
import { withoutTrailingSlash } from '../../common/url.ts';
import type { Presets } from '../../engine/catalog.ts';
import type { GuardedExchange } from '../http/exchange.ts';
import { note } from '../http/request_log.ts';
import type { ServeConfig } from '../settings/config.ts';
import type { DirectBuckets } from '../settings/direct.ts';
import { isMultipart } from '../upload/multipart.ts';
import { readSmallBody } from './body.ts';
import { readUploadRequest } from './fields.ts';
import { planSettings, planUpload } from './plan.ts';
import { newUploadId, readUploadRecord, type UploadRecord, writeUploadRecord } from './record.ts';
import { sendEvents, sendStatus } from './report.ts';
import { readStatus, type UploadStatus } from './status.ts';
import { createWatches } from './watch.ts';

export interface DirectOptions {
  readonly config: ServeConfig;
  readonly buckets: DirectBuckets;
  readonly store: ObjectStore;
  readonly presets: Presets;
}

/** The endpoints of direct uploads. Both throw Problems. */
export interface DirectDoor {
  /** `POST /uploads`: starts an upload that the client sends to storage itself. */
  readonly start: (exchange: GuardedExchange) => Promise<void>;
  /** `GET /uploads/SOURCE`: tells the state of its outputs, at once, after a wait, or as events. */
  readonly report: (exchange: GuardedExchange, id: string) => Promise<void>;
}

/** The address by which the client reached the service. */
function baseOf({ headers }: IncomingMessage): string {
  const [scheme] = String(headers['x-forwarded-proto'] ?? '').split(',');
  return `${scheme?.trim() === 'https' ? 'https' : 'http'}://${headers.host ?? 'localhost'}`;
}

function allow({ req, res }: GuardedExchange, method: 'GET' | 'POST'): void {
  if (req.method === method || (method === 'GET' && req.method === 'HEAD')) return;
  res.setHeader('allow', method === 'GET' ? 'GET, HEAD' : method);
  throw new Problem('method_not_allowed', `method: expected ${method}, got ${req.method}`);
}

/** The records of uploads never change. */
function rememberRecords(store: ObjectStore, bucket: string) {
  const most = 1000;
  const known = new Map<string, UploadRecord>();
  return async (id: string): Promise<UploadRecord> => {
    const record = known.get(id) ?? (await readUploadRecord(id, { store, bucket }));
    if (known.size >= most) known.clear();
    known.set(id, record);
    return record;
  };
}

export function createDirectDoor({ config, buckets, store, presets }: DirectOptions): DirectDoor {
  const base = config.CDN_URL ? withoutTrailingSlash(config.CDN_URL) : `gs://${buckets.destination}`;
  const urlOf = (output: string): string => `${base}/${urlPath(output)}`;
  const options = { settings: planSettings(config, buckets, presets), names: config.UPLOAD_NAMES };
  const recordOf = rememberRecords(store, buckets.records);
  const watches = createWatches({
    maxWaiters: config.UPLOAD_WAITERS,
    read: async (id: string, before?: UploadStatus) =>
      await readStatus(await recordOf(id), before, { store, buckets, urlOf }),
  });

  async function start(exchange: GuardedExchange): Promise<void> {
    allow(exchange, 'POST');
    const { req, res, query } = exchange;
    const body = isMultipart(req) ? '' : await readSmallBody(req, config.UPLOAD_IDLE_MS);
    const request = readUploadRequest({
      ...{ req, query, body },
      maxBytes: config.UPLOAD_MAX_BYTES,
      isSigned: config.ENABLE_URL_SIGNATURE,
      onlyPresets: config.ONLY_PRESETS,
    });
    const { bytes, type } = request;
    const id = newUploadId();
    const { source: name, metadata, outputs } = planUpload(request, id, options);
    const source = { bucket: buckets.source, name };
    const record = { source, outputs, bytes, type, started: new Date().toISOString() };
    const { origin } = req.headers;
    const [uploadUrl] = await Promise.all([
      store.startUpload({ ...source, contentType: type, bytes, metadata, ...(origin ? { origin } : {}) }),
      writeUploadRecord(id, record, { store, bucket: buckets.records }),
    ]);
    note(res, { event: 'upload_started', door: 'direct', name, bytes });
    const statusUrl = `${baseOf(req)}/uploads/${id}`;
    const answer = {
      uploadUrl,
      source: name,
      outputs: outputs.map((one) => ({ name: one, url: urlOf(one) })),
      statusUrl,
    };
    const headers = { 'content-type': 'application/json', 'cache-control': 'no-store', location: statusUrl };
    res.writeHead(201, headers).end(JSON.stringify(answer));
  }

  async function report(exchange: GuardedExchange, id: string): Promise<void> {
    allow(exchange, 'GET');
    const { method, headers } = exchange.req;
    const isStream = method === 'GET' && /\btext\/event-stream\b/.test(headers.accept ?? '');
    await (isStream ? sendEvents : sendStatus)(exchange, id, watches);
  }
  return { start, report };
}
