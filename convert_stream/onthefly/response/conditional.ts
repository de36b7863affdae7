import vary from 'vary';
import { once } from '../../../common/once.ts';
import { operations } from '../../../engine/catalog.ts';
import { limitedToUrl } from '../../guards/cache_header.ts';
import type { Exchange } from '../../http/exchange.ts';
import { note } from '../../http/request_log.ts';
import { reserveUntilSent } from '../../upload/memory_budget.ts';
import type { OnTheFlyContext, PictureAnswer } from '../context.ts';
import { acceptedTypes } from '../request/negotiation.ts';
import { typeIn } from '../request/params.ts';
import { isAutoPreset } from '../request/preset.ts';
import { findPicture, flightKeyOf, queryKeyOf, waiterOf } from '../sources/read_picture.ts';
import type { FoundPicture } from '../sources/source.ts';
import { asksForNone, clientHas, computeEtag } from './etag.ts';
import { send } from './send.ts';
import { type Flight, runAlone } from './single_flight.ts';

/** Whether the query's type counts: the steps of a pipeline have their own, and `autorotate` takes none. */
const takesType = ({ name }: Exchange['endpoint']): boolean =>
  name !== 'pipeline' && (operations.find((one) => one.name === name)?.fields.includes('type') ?? true);

const isAuto = ({ endpoint, query, preset }: Exchange): boolean => {
  const type = takesType(endpoint) ? typeIn(query) : undefined;
  return type ? type === 'auto' : isAutoPreset(preset);
};

/** The letters that JSON may write as `\u0069`: a name is the same name so. */
const withoutEscapes = (json: string): string =>
  json.replace(/\\u00([\da-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

/** The picture of a watermark may change while the picture below it stays the same. */
const hasOtherPicture = ({ query: { texts }, preset }: Exchange): boolean =>
  texts.has('image') ||
  withoutEscapes(texts.get('operations') ?? '').includes('"image"') ||
  preset?.steps.some(({ params }) => params.image !== undefined) === true;

/** Types that the client accepts, where the answer depends on them. */
const typesOf = (exchange: Exchange, { AUTO_TYPE }: OnTheFlyContext['config']): readonly string[] =>
  isAuto(exchange) ? acceptedTypes(exchange.req.headers.accept, AUTO_TYPE) : [];

/** The ETag of the answer; undefined when the source has no version. */
function etagFor(
  exchange: Exchange,
  { version }: FoundPicture,
  { config, settings }: OnTheFlyContext,
): string | undefined {
  if (version === undefined || hasOtherPicture(exchange)) return undefined;
  const { path, query, preset } = exchange;
  const types = typesOf(exchange, config);
  const steps = preset ? [JSON.stringify(preset.steps)] : [];
  return computeEtag([settings, path, queryKeyOf(query), version, types.join(), ...steps]);
}

/** The code of results is loaded where they are kept. */
const keptAnswers = once(() => import('../results/kept_answer.ts'));

/** The name under which the answer is kept; undefined when it is not. */
async function nameOfResult(exchange: Exchange, found: FoundPicture, { config, settings }: OnTheFlyContext) {
  if (hasOtherPicture(exchange)) return undefined;
  const { keptName } = await keptAnswers();
  return keptName(exchange, { found, settings, types: typesOf(exchange, config) });
}

/** Sets the headers that 200 and 304 share. */
function setHeaders(exchange: Exchange, tag: string | undefined, { cacheControl }: FoundPicture): void {
  const { res } = exchange;
  if (tag !== undefined) res.setHeader('etag', tag);
  if (cacheControl === undefined) return;
  res.setHeader('cache-control', limitedToUrl(cacheControl, exchange));
  res.removeHeader('expires');
}

function sendNotModified(exchange: Exchange, tag: string, found: FoundPicture): void {
  setHeaders(exchange, tag, found);
  note(exchange.res, { door: 'onthefly', operation: exchange.endpoint.name, event: 'not_modified' });
  exchange.res.writeHead(304).end();
}

/** Makes the answer from the picture, unless no client waits for it any more. @throws Problem. */
export type MakeAnswer = (found: FoundPicture, flight: Flight) => Promise<PictureAnswer>;

/**
 * Makes an answer from the picture of a request and sends it. A client that has the answer already gets 304, and then
 * nothing is read; with `If-None-Match: *` that comes after all checks. Equal requests in flight share one answer.
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
  const isKnown = tag !== undefined && clientHas(exchange, tag);
  if (isKnown && !asksForNone(exchange)) return sendNotModified(exchange, tag, found);
  const key = tag && `${tag}\n${flightKeyOf(exchange, context.config)}`;
  let isMaker = false;
  const { results } = context;
  const name = results && (await nameOfResult(exchange, found, context));
  const work = async (flight: Flight): Promise<PictureAnswer> => {
    isMaker = true;
    if (results === undefined || name === undefined) return await make(found, flight);
    const { keepAnswer, readAnswer } = await keptAnswers();
    const kept = await readAnswer(results, name, context.budget);
    if (kept) return kept;
    const made = await make(found, flight);
    keepAnswer(results, name, made);
    return made;
  };
  const answer = await (key ? context.makeOnce(key, work, waiter) : runAlone(context.budget, work, waiter));
  if (isKnown) return sendNotModified(exchange, tag, found);
  reserveUntilSent(exchange.res, answer.data, context.budget);
  setHeaders(exchange, tag, found);
  if (name !== undefined) exchange.res.setHeader('x-cache', answer.isKept ? 'hit' : 'miss');
  send(exchange, answer, context.config);
  // An output counts once, however many clients wait for it.
  if (answer.isKept) note(exchange.res, { event: 'kept' });
  else if (!isMaker) note(exchange.res, { event: 'coalesced' });
}
