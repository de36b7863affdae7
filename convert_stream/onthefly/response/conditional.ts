import vary from 'vary';
import { canonicalQuery } from '../../guards/signature.ts';
import type { Exchange } from '../../http/exchange.ts';
import { note } from '../../http/request_log.ts';
import { reserveUntilSent } from '../../upload/memory_budget.ts';
import { acceptedTypes } from '../request/negotiation.ts';
import { find, keyOf, type Made, type Workshop, waiterOf } from '../sources/read_picture.ts';
import type { Found } from '../sources/source.ts';
import { isKnown, tagOf } from './etag.ts';
import { send } from './send.ts';
import { type Flight, fly } from './single_flight.ts';

const isAuto = ({ query }: Exchange): boolean => query.texts.get('type') === 'auto';

/** A watermark's picture may change while the one below it does not. */
const hasOtherPicture = ({ query: { texts } }: Exchange): boolean =>
  texts.has('image') || texts.get('operations')?.includes('"image"') === true;

/** The tag of what `found` is turned into; undefined where answers are not tagged. */
function tagFor(exchange: Exchange, { version }: Found, { config }: Workshop): string | undefined {
  if (version === undefined || hasOtherPicture(exchange)) return undefined;
  const { path, query, req } = exchange;
  const types = isAuto(exchange) ? acceptedTypes(req.headers.accept, config.AUTO_TYPE) : [];
  return tagOf([path, canonicalQuery(query.pairs), version, types.join()]);
}

/** What goes with the answer whether or not the client has it already. */
function setHeaders({ res }: Exchange, tag: string | undefined, { cacheControl }: Found): void {
  if (tag !== undefined) res.setHeader('etag', tag);
  if (cacheControl === undefined) return;
  res.setHeader('cache-control', cacheControl);
  res.removeHeader('expires');
}

/** Makes an answer of what was found, unless no client waits for it any more. @throws Problem. */
export type Make = (found: Found, flight: Flight) => Promise<Made>;

/**
 * Answers with what is made of the picture that a request names or brings, or with 304 where the client has it:
 * then nothing is read. Requests alike that are in flight are made once.
 */
export async function answerMade(exchange: Exchange, shop: Workshop, make: Make): Promise<void> {
  if (isAuto(exchange)) vary(exchange.res, 'Accept');
  using resources = new DisposableStack();
  const waiter = waiterOf(exchange, resources);
  const found = await find(exchange, shop, waiter);
  const tag = tagFor(exchange, found, shop);
  if (tag !== undefined && isKnown(exchange, tag)) {
    setHeaders(exchange, tag, found);
    note(exchange.res, { door: 'onthefly', operation: exchange.endpoint.name, event: 'not_modified' });
    exchange.res.writeHead(304).end();
    return;
  }
  const key = tag && `${tag}\n${keyOf(exchange, shop.config)}`;
  let isMaker = false;
  const work = (flight: Flight): Promise<Made> => {
    isMaker = true;
    return make(found, flight);
  };
  const made = await (key ? shop.makes(key, work, waiter) : fly(shop.budget, work, waiter));
  reserveUntilSent(exchange.res, made.data, shop.budget);
  setHeaders(exchange, tag, found);
  send(exchange, made, shop.config);
  // An output counts once, however many wait for it.
  if (!isMaker) note(exchange.res, { event: 'coalesced' });
}
