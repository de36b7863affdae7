import type { Exchange } from '../../http/exchange.ts';
import type { Reservation } from '../../upload/memory_budget.ts';
import type { Flight } from '../response/single_flight.ts';

/** A picture that has been found but not yet read. */
export interface Found {
  /** What tells this content from any other of the same name; undefined where answers are not tagged. */
  readonly version?: string;
  /** Cache header of the original. */
  readonly cacheControl?: string;
  /** Reserves every byte that it keeps. @throws Problem. */
  read(reservation: Reservation): Promise<Buffer>;
  /** Called when `output` has been made of it and nothing else looks at its bytes any more. */
  release?(output: Buffer): void;
}

/** One place that pictures come from. */
export interface Source {
  /** Headers of the request that the picture may depend on. */
  readonly varies?: readonly string[];
  /** Whether this request names a picture here. */
  takes(exchange: Exchange): boolean;
  /**
   * Reserves every byte that it keeps. `signal` ends the work when no client waits for it any more.
   * @throws Problem when there is no such picture.
   */
  find(exchange: Exchange, flight: Flight): Promise<Found>;
}
