import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Query } from './query.ts';

/** What a request is about, as guards see it: `image` takes or makes pictures, `page` is about the service. */
export interface Subject {
  /** The last part of the path: `resize`; empty for the index. */
  readonly name: string;
  /** `unknown` is any path that leads nowhere. */
  readonly kind: 'image' | 'page' | 'unknown';
}

/** One request and its answer, as guards see them. */
export interface Visit {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  /** Decoded, with its prefix. */
  readonly path: string;
  readonly query: Query;
  readonly endpoint: Subject;
}

export interface Endpoint extends Subject {
  answer(exchange: Exchange): Promise<void> | void;
}

/** One request and its answer, as endpoints see them. */
export interface Exchange extends Visit {
  readonly endpoint: Endpoint;
}

/**
 * One condition of an answer: sets headers or throws a Problem.
 * @returns true when it has answered itself.
 */
export type Guard = (visit: Visit) => boolean | undefined;
