import vary from 'vary';
import type { Gate } from '../../../common/gate.ts';
import { Problem } from '../../../common/problem.ts';
import { inSpan } from '../../../common/telemetry/spans.ts';
import { type Format, sniff } from '../../../engine/catalog.ts';
import type { ConvertOptions, FetchImage } from '../../../engine/index.ts';
import { canonicalQuery } from '../../guards/signature.ts';
import { clientGone } from '../../http/client_gone.ts';
import type { Exchange } from '../../http/exchange.ts';
import type { OnTheFlyConfig } from '../../settings/onthefly.ts';
import type { MemoryBudget, Reservation } from '../../upload/memory_budget.ts';
import { processingProblem } from '../response/errors.ts';
import {
  createSingleFlight,
  type Flight,
  fly,
  type SingleFlight,
  type Waiter,
} from '../response/single_flight.ts';
import { forwardedHeaders } from './remote/forwarding.ts';
import type { Found, Source } from './source.ts';

/** What every image endpoint works with. */
export interface Workshop {
  readonly config: OnTheFlyConfig;
  readonly convertOptions: Omit<ConvertOptions, 'fetchImage'>;
  /** Fetches pictures of watermarks. */
  readonly watermarks: (flight: Flight) => FetchImage;
  readonly budget: MemoryBudget;
  readonly gate: Gate;
  /** The first that takes a request gives its picture. */
  readonly sources: readonly Source[];
  readonly finds: SingleFlight<Found>;
  readonly makes: SingleFlight<Made>;
}

/** An answer that can be sent to whoever waits for it. */
export interface Made {
  readonly data: Buffer;
  readonly mime: string;
  readonly size?: { readonly width: number; readonly height: number };
  readonly facts: Readonly<Record<string, unknown>>;
}

export const createWorkshop = (parts: Omit<Workshop, 'finds' | 'makes'>): Workshop => ({
  ...parts,
  finds: createSingleFlight(parts.budget),
  makes: createSingleFlight(parts.budget),
});

/** Everything that changes the answer of a GET or the fetch behind it. */
export function keyOf({ req, path, query }: Exchange, config: OnTheFlyConfig): string {
  const { accept = '', authorization = '' } = req.headers;
  const forwarded = forwardedHeaders(req.headers, config);
  return JSON.stringify([path, canonicalQuery(query.pairs), accept, authorization, forwarded]);
}

/** The picture that a request names or brings. Requests alike that are in flight look for it once. */
export async function find(
  exchange: Exchange,
  { sources, finds, config, budget }: Workshop,
  waiter: Waiter,
): Promise<Found> {
  const source = sources.find((one) => one.takes(exchange));
  if (source === undefined)
    throw new Problem('missing_param', 'Cannot process the image due to missing or invalid params');
  vary(exchange.res, [...(source.varies ?? [])]);
  const { method } = exchange.req;
  if (method === 'POST') return await fly(budget, (flight) => source.find(exchange, flight), waiter);
  const look = (flight: Flight): Promise<Found> => inSpan('fetch', {}, () => source.find(exchange, flight));
  return await finds(keyOf(exchange, config), look, waiter);
}

const isXml = (bytes: Buffer): boolean => bytes.toString('latin1', 0, 5) === '<?xml';

/** What they are. Imaginary takes any XML for an SVG until it decodes it. */
function kindOf(bytes: Buffer): Format {
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
}

/** @throws Problem `missing_image`, `unsupported_input`, or `corrupt_image` for XML that is no SVG. */
export async function readPicture(found: Found, reservation: Reservation): Promise<Picture> {
  const bytes = await inSpan('read', {}, () => found.read(reservation));
  if (bytes.length === 0) throw new Problem('missing_image', 'Empty or unreadable image');
  return { bytes, format: kindOf(bytes) };
}

/** The request as one that waits; what it shares is held until `resources` are disposed of. */
export const waiterOf = ({ res }: Exchange, resources: DisposableStack): Waiter => ({
  client: clientGone(res),
  resources,
});
