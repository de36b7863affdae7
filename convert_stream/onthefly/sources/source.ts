import type { PooledBytes } from '../../../common/streams/growing_buffer.ts';
import type { Exchange } from '../../http/exchange.ts';
import type { Reservation } from '../../upload/memory_budget.ts';
import type { Flight } from '../response/single_flight.ts';

/** A picture that has been found but not yet read. */
export interface FoundPicture {
  /** Changes with the content; undefined if answers get no ETag. */
  readonly version?: string;
  /** What the picture is, in words that name it: `file NAME` or `url URL`. Absent for a body, or what one client only may see. */
  readonly source?: string;
  /** Cache header of the original. */
  readonly cacheControl?: string;
  /** Whether its bytes can be read later: until then it takes no memory. */
  readonly canWait?: boolean;
  /** Reserves every byte that it keeps. @throws Problem. */
  read(reservation: Reservation): Promise<PooledBytes>;
}

/** A source of pictures: the body, a folder, a bucket, or other servers. */
export interface PictureSource {
  /** Headers of the request that the picture may depend on. */
  readonly varies?: readonly string[];
  /** Whether this request names a picture of this source. */
  handles(exchange: Exchange): boolean;
  /**
   * Reserves every byte that it keeps. `signal` ends the work when no client waits for it any more.
   * @throws Problem when there is no such picture.
   */
  find(exchange: Exchange, flight: Flight): Promise<FoundPicture>;
}
