import type { Request, RequestHandler, Response } from 'express';
import { Problem } from '../../../common/problem.ts';
import { freeChunk } from '../../../common/streams/free_chunk.ts';
import {
  type BufferPool,
  growingBuffer,
  type PooledBytes,
  unpooledBytes,
} from '../../../common/streams/growing_buffer.ts';
import type { Exchange } from '../../http/exchange.ts';
import { type BodyOptions, meterBody } from '../../upload/meter.ts';
import { isMultipart, uploadOf } from '../../upload/multipart.ts';
import { unpackBody } from '../../upload/packed.ts';
import { unreadableImage } from '../response/errors.ts';
import type { PictureSource } from './source.ts';

export interface BodySourceOptions extends BodyOptions {
  /** Reads multipart bodies. */
  readonly receive: RequestHandler;
  readonly pool: BufferPool;
}

/** Reads the whole body as it is, and counts it meanwhile. */
function readRaw({ req, res }: Exchange, options: BodySourceOptions): Promise<PooledBytes> {
  const expected = Number(req.headers['content-length'] ?? 0);
  const body = growingBuffer({ expected, pool: options.pool });
  return new Promise((resolve, reject) => {
    let isRefused = false;
    const fail = (error: Error): void => {
      if (isRefused) return;
      isRefused = true;
      body.drop();
      reject(error);
    };
    meterBody(req, res, { ...options, fail });
    if (isRefused) return;
    req.on('data', (chunk: Buffer) => {
      if (!isRefused) body.add(chunk);
      freeChunk(chunk);
    });
    req.on('end', () => isRefused || resolve(body.end()));
    req.on('error', (cause) => fail(unreadableImage(cause)));
  });
}

const invalid = (message: string): Problem => new Problem('invalid_param', message);

/** Fails with Go's messages, which clients know. */
function checkContentType(type: string): void {
  if (!/^multipart\/form-data/i.test(type)) throw invalid("request Content-Type isn't multipart/form-data");
  if (!/boundary=/i.test(type)) throw invalid('no multipart boundary param in Content-Type');
}

/** Reads the part `file`, or the part that `field` of the query names. */
async function readForm({ req, res, query }: Exchange, receive: RequestHandler): Promise<Buffer> {
  if (uploadOf(req) === undefined) {
    checkContentType(req.headers['content-type'] ?? '');
    await new Promise<void>((resolve, reject) => {
      receive(req as Request, res as Response, (error?: unknown) => (error ? reject(error) : resolve()));
    });
  }
  const name = query.texts.get('field') || 'file';
  const file = uploadOf(req)?.files.find(({ field }) => field === name);
  if (file === undefined) throw invalid('http: no such file');
  return file.data;
}

/** The picture in the body of a POST: the body itself, or a part of a form. */
export const bodySource = (options: BodySourceOptions): PictureSource => ({
  handles: ({ req }) => req.method === 'POST',
  find: async (exchange) =>
    isMultipart(exchange.req)
      ? { read: async () => unpooledBytes(await readForm(exchange, options.receive)) }
      : { read: async () => await unpackBody(exchange, await readRaw(exchange, options), options) },
});
