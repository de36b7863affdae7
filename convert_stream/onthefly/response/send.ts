import { pictureHeaders } from '../../http/answer.ts';
import type { Exchange } from '../../http/exchange.ts';
import { note } from '../../http/request_log.ts';
import type { OnTheFlyConfig } from '../../settings/onthefly.ts';
import type { PictureAnswer } from '../context.ts';

/** Sends a picture in one piece. */
export function send(
  { res, endpoint }: Exchange,
  { data, mime, size, facts }: PictureAnswer,
  { RETURN_SIZE }: Pick<OnTheFlyConfig, 'RETURN_SIZE'>,
): void {
  note(res, { door: 'onthefly', operation: endpoint.name, event: 'converted', bytes: data.length, ...facts });
  if (res.destroyed) return;
  if (RETURN_SIZE && size) {
    res.setHeader('image-width', size.width);
    res.setHeader('image-height', size.height);
  }
  if (facts.mode) res.setHeader('image-mode', String(facts.mode));
  if (facts.quality) res.setHeader('image-quality', String(facts.quality));
  if (facts.framesLeftOut) res.setHeader('image-frames-left-out', String(facts.framesLeftOut));
  res.writeHead(200, { ...pictureHeaders(mime), 'content-length': data.length });
  res.end(data);
}

/** Sends text without a charset, as Imaginary does. */
export function sendText({ res }: Exchange, status: number, mime: string, text: string): void {
  if (res.destroyed) return;
  res.writeHead(status, { 'content-type': mime, 'content-length': Buffer.byteLength(text) });
  res.end(text);
}
