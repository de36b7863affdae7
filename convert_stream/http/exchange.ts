import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Preset } from '../../engine/catalog.ts';
import type { Query } from './query.ts';

/** The endpoint of a request, as guards see it. `image` reads pictures; `page` describes the service. */
export interface EndpointIdentity {
  /** The last part of the path: `resize`; empty for the index. */
  readonly name: string;
  /** `unknown`: no endpoint has this path. */
  readonly kind: 'image' | 'page' | 'unknown';
  /** Whether a request needs no API key. Default: every request needs one, where there are keys. */
  readonly isOpen?: (exchange: GuardedExchange) => boolean;
}

/** A request and its response, as guards see them. */
export interface GuardedExchange {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  /** Decoded, with its prefix. */
  readonly path: string;
  readonly query: Query;
  readonly endpoint: EndpointIdentity;
}

export interface Endpoint extends EndpointIdentity {
  answer(exchange: Exchange): Promise<void> | void;
}

/** A request and its response, as endpoints see them. */
export interface Exchange extends GuardedExchange {
  readonly endpoint: Endpoint;
  /** The preset that the path or the query names. */
  readonly preset?: Preset;
}

/**
 * Checks one condition of a request: sets headers or throws a Problem.
 * @returns true when the guard has answered the request.
 */
export type Guard = (visit: GuardedExchange) => boolean | undefined;
