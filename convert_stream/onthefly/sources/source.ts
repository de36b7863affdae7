import type { Room } from '../../buffered.ts';
import type { Exchange } from '../exchange.ts';

/** A picture that has been found but not yet read. */
export interface Found {
  /** What tells this content from any other of the same name; undefined where answers are not tagged. */
  readonly version?: string;
  /** Cache header of the original. */
  readonly cacheControl?: string;
  /** `room` is told of every byte that is not counted yet. @throws Problem. */
  read(room: Room): Promise<Buffer>;
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
   * `signal` ends the work when no client waits for it any more.
   * @throws Problem when there is no such picture.
   */
  find(exchange: Exchange, room: Room, signal: AbortSignal): Promise<Found>;
}
