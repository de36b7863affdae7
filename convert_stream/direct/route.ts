import type { Request, RequestHandler, Response } from 'express';
import { once } from '../../common/once.ts';
import type { Shared } from '../context/shared.ts';
import type { EndpointIdentity, GuardedExchange } from '../http/exchange.ts';
import { queryOf } from '../http/query.ts';
import type { ServeConfig } from '../settings/config.ts';
import { directBuckets } from '../settings/direct.ts';
import { holdForm } from '../upload/admission.ts';
import { isMultipart } from '../upload/multipart.ts';

/** `/uploads`, and `/uploads/SOURCE` with the source as it is in the answer, encoded or not, or without its folder. */
const paths = /^\/uploads(?:\/(?:uploads(?:\/|%2[fF]))?([0-9a-f]{32})(?:(?:\/|%2[fF]).*)?)?\/?$/;

/** The path of an upload is a secret, which stands for key and signature. */
const endpointOf = (id: string | undefined): EndpointIdentity =>
  id === undefined
    ? { name: 'uploads', kind: 'image' }
    : { name: 'uploads', kind: 'page', isOpen: () => true };

/** Runs the guards of both doors. @returns whether they have answered. */
function guard(req: Request, exchange: GuardedExchange, { guards, keyless }: Shared): boolean {
  const outcome = isMultipart(req) ? guards.checkForm(exchange) : guards.check(exchange);
  if (typeof outcome === 'function') holdForm(req, { checkKey: outcome, keyless });
  return outcome === true;
}

const receiveForm = (req: Request, res: Response, { receive }: Shared): Promise<void> =>
  new Promise((resolve, reject) => {
    receive(req, res, (error?: unknown) => (error ? reject(error) : resolve()));
  });

/** Direct uploads, when the buckets are set; otherwise it passes everything on. The first request loads their code. */
export function directHandler(config: ServeConfig, shared: Shared): RequestHandler {
  const buckets = directBuckets(config);
  if (buckets === undefined) return (_req, _res, next) => next();
  const load = once(async () => {
    const { createDirectDoor } = await import('./index.ts');
    return createDirectDoor({ config, buckets, store: shared.store, presets: shared.presets });
  });
  const answer = async (req: Request, res: Response, id: string | undefined): Promise<void> => {
    const exchange = { req, res, path: req.path, query: queryOf(req.url), endpoint: endpointOf(id) };
    if (guard(req, exchange, shared)) return;
    if (isMultipart(req)) await receiveForm(req, res, shared);
    const door = await load();
    await (id === undefined ? door.start(exchange) : door.report(exchange, id));
  };
  return (req, res, next) => {
    const match = paths.exec(req.path);
    return match === null ? next() : answer(req, res, match[1]);
  };
}
