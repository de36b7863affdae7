import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Guards } from '../guards/index.ts';
import { answerText } from '../http/answer.ts';
import type { Exchange } from '../http/exchange.ts';
import { readQuery } from '../http/query.ts';
import { fail } from './response/failure.ts';
import type { Placeholder } from './response/placeholder.ts';
import { type Route, redirectUnclean, targetOf } from './routes/router.ts';

export interface DoorOptions {
  readonly guards: Guards;
  readonly route: Route;
  readonly placeholder?: Placeholder;
}

function plain(req: IncomingMessage, res: ServerResponse, status: number, text: string): void {
  res.setHeader('content-type', 'text/plain; charset=utf-8');
  answerText(req, res, status, `${text}\n`);
}

async function answer(exchange: Exchange, { guards, placeholder }: DoorOptions): Promise<void> {
  try {
    if (guards.ask(exchange)) return;
    await exchange.endpoint.answer(exchange);
  } catch (error) {
    await fail(exchange, error, placeholder);
  }
}

/** The on-the-fly door: Imaginary's HTTP API. Answers every request itself. */
export function onTheFlyDoor(
  options: DoorOptions,
): (req: IncomingMessage, res: ServerResponse) => Promise<void> {
  return async (req, res) => {
    const target = targetOf(req);
    if (target === undefined) return plain(req, res, 400, '400 Bad Request');
    const { path, raw } = target;
    if (redirectUnclean(res, path, raw)) return;
    const endpoint = options.route(path);
    if (endpoint === undefined) return plain(req, res, 404, '404 page not found');
    await answer({ req, res, path, endpoint, query: readQuery(raw) }, options);
  };
}
