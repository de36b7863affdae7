import type { Request, RequestHandler, Response } from 'express';
import type { ObjectStore } from '../../cloud/storage.ts';
import type { Gate } from '../../common/gate.ts';
import { urlPath } from '../../common/object_name.ts';
import { Problem } from '../../common/problem.ts';
import { inSpan } from '../../common/telemetry/spans.ts';
import { withoutTrailingSlash } from '../../common/url.ts';
import { conversionFacts, fileType, madeMetadata, workKindOf } from '../../engine/catalog.ts';
import { type Converted, type ConvertOptions, convert } from '../../engine/index.ts';
import { pictureHeaders } from '../http/answer.ts';
import { queryOf } from '../http/query.ts';
import { note } from '../http/request_log.ts';
import type { StreamConfig } from '../settings/config.ts';
import { type MemoryBudget, reserveUntilSent } from '../upload/memory_budget.ts';
import { uploadOf } from '../upload/multipart.ts';
import { cacheControl } from './cache.ts';
import { type Order, orderOf, origin, settled } from './form.ts';
import { putLatest } from './write.ts';

export interface InlineOptions {
  readonly config: Pick<
    StreamConfig,
    'CACHE_CONTROL' | 'CDN_URL' | 'DEST_BUCKET_NAME' | 'IMMUTABLE_NAMES' | 'PREDEFINED_ACL'
  >;
  readonly gate: Gate;
  readonly convertOptions: ConvertOptions;
  /** Where outputs count until they are sent. */
  readonly budget: MemoryBudget;
  readonly store: ObjectStore;
}

/**
 * A multipart form with a part `image`, or with `format` as a part or in the query, and without `type` in the query.
 * Comes after `receiveUpload`.
 */
export function isInline(req: Request): boolean {
  const upload = uploadOf(req);
  if (upload === undefined || 'type' in req.query) return false;
  if ('format' in req.query) return true;
  return ['image', 'format'].some(
    (name) => upload.fields.has(name) || upload.files.some(({ field }) => field === name),
  );
}

interface Written {
  readonly generation: string;
  readonly url: string;
}

async function keep(order: Order, made: Converted, options: InlineOptions): Promise<Written | undefined> {
  const { config } = options;
  const { DEST_BUCKET_NAME: bucket, CDN_URL, PREDEFINED_ACL } = config;
  if (!bucket) return undefined;
  const write = {
    bucket,
    name: order.object,
    data: made.data,
    contentType: made.format.mime,
    cacheControl: cacheControl(order.object, config),
    metadata: { ...origin(order), ...madeMetadata(made) },
    ...(PREDEFINED_ACL ? { predefinedAcl: PREDEFINED_ACL } : {}),
  };
  const attributes = { bucket, name: order.object, bytes: made.data.length };
  const generation = await inSpan('write', { attributes }, () => putLatest(options.store, write));
  const base = CDN_URL ? withoutTrailingSlash(CDN_URL) : `gs://${bucket}`;
  return { generation, url: `${base}/${urlPath(order.object)}` };
}

interface Answer {
  readonly made: Converted;
  readonly written: Written | undefined;
  readonly hasCdn: boolean;
}

/**
 * The URL alone is the answer. People read it at a terminal, where the prompt would follow in the same line; shells
 * take the end of the line away from `$(curl ...)`.
 */
const lineEnd = ({ headers }: Request): string =>
  /^(curl|wget|httpie)\//i.test(headers['user-agent'] ?? '') ? '\n' : '';

function answer(req: Request, res: Response, { made, written, hasCdn }: Answer): void {
  const { width, height, mode, framesLeftOut } = made.info;
  if (mode) res.setHeader('image-mode', mode);
  if (framesLeftOut) res.setHeader('image-frames-left-out', framesLeftOut);
  if (req.accepts('text/plain', 'application/json') === 'application/json') {
    const facts = { bytes: made.data.length, width, height, type: made.format.mime, framesLeftOut };
    res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ ...written, ...facts }));
  } else if (written && hasCdn) {
    res.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' }).end(`${written.url}${lineEnd(req)}`);
  } else {
    const length = { 'content-length': made.data.length };
    res.writeHead(200, { ...pictureHeaders(made.format.mime), ...length }).end(made.data);
  }
}

/** Work is not begun for a client that has gone. */
const checkHere = (res: Response): void => {
  if (res.destroyed) throw new Problem('upload_timeout', 'client disconnected');
};

/** An output may be a piece of the input. */
const sharesMemory = (one: Buffer, other: Buffer): boolean => one.buffer === other.buffer;

/**
 * The inline door: converts the form's picture, writes it to the bucket and answers its URL, or the picture
 * where there is no CDN. Comes after `receiveUpload`; throws Problems.
 */
export function inlineDoor(options: InlineOptions): RequestHandler {
  const { config, gate, convertOptions } = options;
  return async (req, res) => {
    const upload = uploadOf(req);
    if (!upload) {
      throw new Problem('missing_image', 'body: expected a multipart form with the file image, got none');
    }
    const order = orderOf({ upload, query: queryOf(req.url), accept: req.headers.accept });
    const { object, filetype, picture, conversion } = order;
    note(res, { door: 'inline', name: object, filetype: fileType(filetype), bytesIn: picture.data.length });
    const startMs = performance.now();
    const made = await inSpan('convert', { attributes: { filetype } }, () =>
      gate.run(async () => {
        checkHere(res);
        return await convert(picture.data, conversion, convertOptions);
      }, workKindOf(picture.data)),
    );
    const isApart = !sharesMemory(made.data, picture.data);
    if (isApart) reserveUntilSent(res, made.data, options.budget);
    const convertMs = Math.round(performance.now() - startMs);
    const final = settled(order, made.format);
    const written = await keep(final, made, options);
    note(res, { name: final.object, filetype: fileType(final.filetype) });
    note(res, { event: 'converted', ...conversionFacts(made), convertMs, generation: written?.generation });
    answer(req, res, { made, written, hasCdn: Boolean(config.CDN_URL) });
    if (isApart) picture.release();
  };
}
