import vary from 'vary';
import { Problem } from '../../../common/problem.ts';
import { inSpan } from '../../../common/telemetry/spans.ts';
import { type Format, sniff } from '../../../engine/catalog.ts';
import { canonicalQuery } from '../../guards/signature.ts';
import { disconnectSignal } from '../../http/disconnect.ts';
import type { Exchange } from '../../http/exchange.ts';
import type { Query } from '../../http/query.ts';
import type { OnTheFlyConfig } from '../../settings/onthefly.ts';
import type { Reservation } from '../../upload/memory_budget.ts';
import type { OnTheFlyContext } from '../context.ts';
import { processingProblem, unreadableImage } from '../response/errors.ts';
import { type Flight, runAlone, type Waiter } from '../response/single_flight.ts';
import { forwardedHeaders } from './remote/forwarding.ts';
import type { FoundPicture } from './source.ts';

/** Everything of a query that changes the answer. */
export const queryKeyOf = ({ pairs, strays = new Set() }: Query): string =>
  JSON.stringify([canonicalQuery(pairs), [...strays].sort()]);

/** Everything that changes the answer of a GET, or the fetch for it. */
export function flightKeyOf({ req, path, query }: Exchange, config: OnTheFlyConfig): string {
  const { accept = '', authorization = '' } = req.headers;
  const forwarded = forwardedHeaders(req.headers, config);
  return JSON.stringify([path, queryKeyOf(query), accept, authorization, forwarded]);
}

/** Finds the picture that a request names or contains. Equal requests in flight find it once. */
export async function findPicture(
  exchange: Exchange,
  { sources, findOnce: finds, config, budget }: OnTheFlyContext,
  waiter: Waiter,
): Promise<FoundPicture> {
  const source = sources.find((one) => one.handles(exchange));
  if (source === undefined)
    throw new Problem('missing_param', 'Cannot process the image due to missing or invalid params');
  if (source.varies) vary(exchange.res, [...source.varies]);
  const { method } = exchange.req;
  if (method === 'POST') return await runAlone(budget, (flight) => source.find(exchange, flight), waiter);
  const search = (flight: Flight): Promise<FoundPicture> =>
    inSpan('fetch', {}, () => source.find(exchange, flight));
  return await finds(flightKeyOf(exchange, config), search, waiter);
}

const isXml = (bytes: Buffer): boolean => bytes.toString('latin1', 0, 5) === '<?xml';

/** The format of a picture. Imaginary treats any XML as an SVG until it decodes it. */
function sniffFormat(bytes: Buffer): Format {
  try {
    return sniff(bytes);
  } catch (cause) {
    if (!isXml(bytes)) throw processingProblem(cause);
    throw new Problem('corrupt_image', 'Error while processing the image: Unsupported image format', {
      cause,
    });
  }
}

export interface Picture {
  readonly bytes: Buffer;
  readonly format: Format;
  /** Gives the memory of the bytes to the next picture; nothing may read them afterwards. */
  readonly release: () => void;
}

/** @throws Problem `missing_image`, `unsupported_input`, or `corrupt_image` for XML that is not an SVG. */
export async function readPicture(found: FoundPicture, reservation: Reservation): Promise<Picture> {
  const { data: bytes, release } = await inSpan('read', {}, () => found.read(reservation));
  if (bytes.length === 0) throw unreadableImage();
  return { bytes, format: sniffFormat(bytes), release };
}

/** The request as a waiter of flights; it shares their reservations until `resources` is disposed of. */
export const waiterOf = ({ res }: Exchange, resources: DisposableStack): Waiter => ({
  client: disconnectSignal(res),
  resources,
});
