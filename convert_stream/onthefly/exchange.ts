import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Query } from './query.ts';

/** One request and its answer, as guards and endpoints see them. */
export interface Exchange {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  /** Decoded, with its prefix. */
  readonly path: string;
  readonly query: Query;
  readonly endpoint: Endpoint;
}

/** `image` takes or makes pictures, `page` is about the service, `unknown` is any other path. */
export interface Endpoint {
  /** The last part of the path: `resize`; empty for the index. */
  readonly name: string;
  readonly kind: 'image' | 'page' | 'unknown';
  answer(exchange: Exchange): Promise<void> | void;
}

/**
 * One condition of an answer: sets headers or throws a Problem. It looks at request, answer and what it names.
 * @returns true when it has answered itself.
 */
export type Guard<Seen extends keyof Exchange = keyof Exchange> = (
  exchange: Pick<Exchange, 'req' | 'res' | Seen>,
) => boolean | undefined;
