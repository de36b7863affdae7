import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Request, RequestHandler, Response } from 'express';
import { Problem } from '../../../common/problem.ts';
import { type BodyOptions, meterBody } from '../../body.ts';
import { uploadOf } from '../../upload.ts';
import type { Exchange } from '../exchange.ts';
import type { Source } from './source.ts';

/** Fills one buffer of the announced length; collects pieces where there is none. */
function collector(length: number) {
  const whole = length > 0 ? Buffer.allocUnsafeSlow(length) : undefined;
  const chunks: Buffer[] = [];
  let bytes = 0;
  return {
    add: (chunk: Buffer): void => {
      if (whole) chunk.copy(whole, bytes);
      else chunks.push(chunk);
      bytes += chunk.length;
    },
    all: (): Buffer => whole?.subarray(0, bytes) ?? Buffer.concat(chunks, bytes),
  };
}

/** The whole body as it is, counted while it comes. */
function readRaw(req: IncomingMessage, res: ServerResponse, options: BodyOptions): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let isRefused = false;
    const fail = (error: Error): void => {
      isRefused = true;
      reject(error);
    };
    meterBody(req, res, { ...options, fail });
    if (isRefused) return;
    const { add, all } = collector(Number(req.headers['content-length'] ?? 0));
    req.on('data', (chunk: Buffer) => isRefused || add(chunk));
    req.once('end', () => resolve(all()));
    req.once('error', (cause) => fail(new Problem('missing_image', 'Empty or unreadable image', { cause })));
  });
}

const refused = (message: string): Problem => new Problem('invalid_param', message);

/** Go's complaints, which clients know. */
function checkForm(type: string): void {
  if (!type.startsWith('multipart/form-data'))
    throw refused("request Content-Type isn't multipart/form-data");
  if (!/boundary=/i.test(type)) throw refused('no multipart boundary param in Content-Type');
}

/** The part named `file`, or as `field` of the query says. */
async function readForm({ req, res, query }: Exchange, receive: RequestHandler): Promise<Buffer> {
  if (uploadOf(req) === undefined) {
    checkForm(req.headers['content-type'] ?? '');
    await new Promise<void>((resolve, reject) => {
      receive(req as Request, res as Response, (error?: unknown) => (error ? reject(error) : resolve()));
    });
  }
  const name = query.texts.get('field') || 'file';
  const file = uploadOf(req)?.files.find(({ field }) => field === name);
  if (file === undefined) throw refused('http: no such file');
  return file.data;
}

/** The picture in the body of a POST: the body itself, or a part of a form. */
export const bodySource = (options: BodyOptions, receive: RequestHandler): Source => ({
  takes: ({ req }) => req.method === 'POST',
  find: async (exchange) => ({
    read: () =>
      exchange.req.headers['content-type']?.startsWith('multipart/')
        ? readForm(exchange, receive)
        : readRaw(exchange.req, exchange.res, options),
  }),
});
