import type { Request, RequestHandler, Response } from 'express';
import type { ObjectStore } from '../../cloud/storage.ts';
import { prefersType } from '../../common/accept.ts';
import type { Gate } from '../../common/gate.ts';
import { urlPath } from '../../common/object_name.ts';
import { Problem } from '../../common/problem.ts';
import { inSpan } from '../../common/telemetry/spans.ts';
import { withoutTrailingSlash } from '../../common/url.ts';
import {
  conversionDetails,
  fileType,
  outputDetails,
  type Presets,
  workKindOf,
} from '../../engine/catalog.ts';
import {
  type Converted,
  type ConvertOptions,
  convert,
  loadPlaceholders,
  type Placeholders,
} from '../../engine/index.ts';
import { pictureHeaders } from '../http/answer.ts';
import { queryOf } from '../http/query.ts';
import { note } from '../http/request_log.ts';
import type { StreamConfig } from '../settings/config.ts';
import { type MemoryBudget, reserveUntilSent } from '../upload/memory_budget.ts';
import { uploadOf } from '../upload/multipart.ts';
import { type InlineRequest, readInlineRequest, uploadMetadata, withChosenFormat } from './request.ts';
import { cacheControlFor, putLatest } from './write.ts';

export interface InlineOptions {
  readonly config: Pick<
    StreamConfig,
    'CACHE_CONTROL' | 'CDN_URL' | 'DEST_BUCKET_NAME' | 'IMMUTABLE_NAMES' | 'PREDEFINED_ACL' | 'ONLY_PRESETS'
  >;
  readonly gate: Gate;
  readonly convertOptions: ConvertOptions;
  /** Outputs count against it until they are sent. */
  readonly budget: MemoryBudget;
  readonly store: ObjectStore;
  readonly presets: Presets;
}

/**
 * Whether a request is a multipart form with a part `image`, or with `format` as a part or in the query, and without
 * `type` in the query. Call it after `receiveUpload`.
 */
export function isInline(req: Request): boolean {
  const upload = uploadOf(req);
  const { texts } = queryOf(req.url);
  if (upload === undefined || texts.has('type')) return false;
  if (texts.has('format')) return true;
  return ['image', 'format'].some(
    (name) => upload.fields.has(name) || upload.files.some(({ field }) => field === name),
  );
}

/** An output, and its placeholders if they are asked for. */
interface Made {
  readonly converted: Converted;
  readonly placeholder?: Placeholders;
}

/** Makes the placeholders that a request asks for. */
async function withPlaceholders(
  converted: Converted,
  { picture, placeholders: names }: InlineRequest,
  options: ConvertOptions,
): Promise<Made> {
  if (names.length === 0) return { converted };
  const { outputPlaceholders } = await loadPlaceholders();
  return { converted, placeholder: await outputPlaceholders(converted, picture.data, { names, options }) };
}

const metadataOf = async (placeholder: Placeholders | undefined) =>
  placeholder ? (await loadPlaceholders()).placeholderMetadata(placeholder) : {};

interface Written {
  readonly generation: string;
  readonly url: string;
}

async function writeOutput(
  request: InlineRequest,
  { converted, placeholder }: Made,
  options: InlineOptions,
): Promise<Written | undefined> {
  const { config } = options;
  const { DEST_BUCKET_NAME: bucket, CDN_URL, PREDEFINED_ACL } = config;
  if (!bucket) return undefined;
  const write = {
    bucket,
    name: request.object,
    data: converted.data,
    contentType: converted.format.mime,
    cacheControl: cacheControlFor(request.object, config),
    metadata: { ...uploadMetadata(request), ...outputDetails(converted), ...(await metadataOf(placeholder)) },
    ...(PREDEFINED_ACL ? { predefinedAcl: PREDEFINED_ACL } : {}),
  };
  const attributes = { bucket, name: request.object, bytes: converted.data.length };
  const generation = await inSpan('write', { attributes }, () => putLatest(options.store, write));
  const base = CDN_URL ? withoutTrailingSlash(CDN_URL) : `gs://${bucket}`;
  return { generation, url: `${base}/${urlPath(request.object)}` };
}

interface Answer extends Made {
  readonly written: Written | undefined;
  readonly hasCdn: boolean;
}

/** Ends the line for people at a terminal, where the prompt would follow the URL; `$(curl ...)` drops the newline. */
const lineEnd = ({ headers }: Request): string =>
  /^(curl|wget|httpie)\//i.test(headers['user-agent'] ?? '') ? '\n' : '';

function sendAnswer(req: Request, res: Response, { converted, placeholder, written, hasCdn }: Answer): void {
  const { width, height, mode, framesLeftOut } = converted.info;
  if (mode) res.setHeader('image-mode', mode);
  if (framesLeftOut) res.setHeader('image-frames-left-out', framesLeftOut);
  if (prefersType(req.headers.accept, 'application/json', 'text/plain')) {
    const facts = {
      bytes: converted.data.length,
      width,
      height,
      type: converted.format.mime,
      framesLeftOut,
      placeholder,
    };
    res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ ...written, ...facts }));
  } else if (written && hasCdn) {
    res.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' }).end(`${written.url}${lineEnd(req)}`);
  } else {
    const length = { 'content-length': converted.data.length };
    res.writeHead(200, { ...pictureHeaders(converted.format.mime), ...length }).end(converted.data);
  }
}

/** Starts no work for a client that has disconnected. */
const checkClient = (res: Response): void => {
  if (res.destroyed) throw new Problem('upload_timeout', 'client disconnected');
};

/** An output may be a part of the input. */
const sharesMemory = (one: Buffer, other: Buffer): boolean => one.buffer === other.buffer;

/**
 * The inline door: converts the form's picture, writes it to the bucket and answers with its URL, or with the picture
 * when there is no CDN. Runs after `receiveUpload`; throws Problems.
 */
export function inlineDoor(options: InlineOptions): RequestHandler {
  const { config, gate, convertOptions } = options;
  const rules = { presets: options.presets, onlyPresets: config.ONLY_PRESETS };
  return async (req, res) => {
    const upload = uploadOf(req);
    if (!upload) {
      throw new Problem('missing_image', 'body: expected a multipart form with the file image, got none');
    }
    const parts = { upload, query: queryOf(req.url), accept: req.headers.accept };
    const request = readInlineRequest(parts, rules);
    const { object, filetype, picture, conversion } = request;
    note(res, { door: 'inline', name: object, filetype: fileType(filetype), bytesIn: picture.data.length });
    const startMs = performance.now();
    const made = await inSpan('convert', { attributes: { filetype } }, () =>
      gate.run(async () => {
        checkClient(res);
        const done = await convert(picture.data, conversion, convertOptions);
        return await withPlaceholders(done, request, convertOptions);
      }, workKindOf(picture.data)),
    );
    const { converted } = made;
    const isApart = !sharesMemory(converted.data, picture.data);
    if (isApart) reserveUntilSent(res, converted.data, options.budget);
    const convertMs = Math.round(performance.now() - startMs);
    const final = withChosenFormat(request, converted.format);
    const written = await writeOutput(final, made, options);
    note(res, { name: final.object, filetype: fileType(final.filetype) });
    note(res, {
      event: 'converted',
      ...conversionDetails(converted),
      convertMs,
      generation: written?.generation,
    });
    sendAnswer(req, res, { ...made, written, hasCdn: Boolean(config.CDN_URL) });
    if (isApart) picture.release();
  };
}
