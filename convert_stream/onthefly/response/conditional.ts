import vary from 'vary';
import { canonicalQuery } from '../../guards/signature.ts';
import type { Exchange } from '../../http/exchange.ts';
import { note } from '../../http/request_log.ts';
import { reserveUntilSent } from '../../upload/memory_budget.ts';
import type { OnTheFlyContext, PictureAnswer } from '../context.ts';
import { acceptedTypes } from '../request/negotiation.ts';
import { isAutoPreset } from '../request/preset.ts';
import { findPicture, flightKeyOf, waiterOf } from '../sources/read_picture.ts';
import type { FoundPicture } from '../sources/source.ts';
import { clientHas, computeEtag } from './etag.ts';
import { send } from './send.ts';
import { type Flight, runAlone } from './single_flight.ts';

const isAuto = ({ query, preset }: Exchange): boolean => {
  const type = query.texts.get('type');
  return type ? type === 'auto' : isAutoPreset(preset);
};

/** The picture of a watermark may change while the picture below it stays the same. */
const hasOtherPicture = ({ query: { texts }, preset }: Exchange): boolean =>
  texts.has('image') ||
  texts.get('operations')?.includes('"image"') === true ||
  preset?.steps.some(({ params }) => params.image !== undefined) === true;

/** The ETag of the answer; undefined when the source has no version. */
function etagFor(
  exchange: Exchange,
  { version }: FoundPicture,
  { config }: OnTheFlyContext,
): string | undefined {
  if (version === undefined || hasOtherPicture(exchange)) return undefined;
  const { path, query, preset, req } = exchange;
  const types = isAuto(exchange) ? acceptedTypes(req.headers.accept, config.AUTO_TYPE) : [];
  const steps = preset ? [JSON.stringify(preset.steps)] : [];
  return computeEtag([path, canonicalQuery(query.pairs), version, types.join(), ...steps]);
}

/** Sets the headers that 200 and 304 share. */
function setHeaders({ res }: Exchange, tag: string | undefined, { cacheControl }: FoundPicture): void {
  if (tag !== undefined) res.setHeader('etag', tag);
  if (cacheControl === undefined) return;
  res.setHeader('cache-control', cacheControl);
  res.removeHeader('expires');
}

/** Makes the answer from the picture, unless no client waits for it any more. @throws Problem. */
export type MakeAnswer = (found: FoundPicture, flight: Flight) => Promise<PictureAnswer>;

/**
 * Makes an answer from the picture of a request and sends it. A client that has the answer already gets 304, and then
 * nothing is read. Equal requests in flight share one answer.
 */
export async function answerConditionally(
  exchange: Exchange,
  context: OnTheFlyContext,
  make: MakeAnswer,
): Promise<void> {
  if (isAuto(exchange)) vary(exchange.res, 'Accept');
  using resources = new DisposableStack();
  const waiter = waiterOf(exchange, resources);
  const found = await findPicture(exchange, context, waiter);
  const tag = etagFor(exchange, found, context);
  if (tag !== undefined && clientHas(exchange, tag)) {
    setHeaders(exchange, tag, found);
    note(exchange.res, { door: 'onthefly', operation: exchange.endpoint.name, event: 'not_modified' });
    exchange.res.writeHead(304).end();
    return;
  }
  const key = tag && `${tag}\n${flightKeyOf(exchange, context.config)}`;
  let isMaker = false;
  const work = (flight: Flight): Promise<PictureAnswer> => {
    isMaker = true;
    return make(found, flight);
  };
  const answer = await (key ? context.makeOnce(key, work, waiter) : runAlone(context.budget, work, waiter));
  reserveUntilSent(exchange.res, answer.data, context.budget);
  setHeaders(exchange, tag, found);
  send(exchange, answer, context.config);
  // An output counts once, however many clients wait for it.
  if (!isMaker) note(exchange.res, { event: 'coalesced' });
}
