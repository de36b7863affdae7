import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import express, { type ErrorRequestHandler, type Request, type RequestHandler, type Response } from 'express';
import type { Log } from '../common/log/log.ts';
import { asProblem, Problem } from '../common/problem.ts';
import { createShared, type Shared } from './context/shared.ts';
import { directHandler } from './direct/route.ts';
import { answerProblem } from './http/answer.ts';
import type { GuardedExchange } from './http/exchange.ts';
import { queryOf } from './http/query.ts';
import { type Middleware, note, requestLog } from './http/request_log.ts';
import { inlineDoor, isInline } from './inline/index.ts';
import type { ServeConfig } from './settings/config.ts';
import { holdForm } from './upload/admission.ts';
import { isMultipart } from './upload/multipart.ts';

/** `POST /convert`, as the guards see it. */
const exchangeOf = (req: Request, res: Response): GuardedExchange => ({
  req,
  res,
  path: req.path,
  query: queryOf(req.url),
  endpoint: { name: 'convert', kind: 'image' },
});

/** Runs the guards before the form is read. Where the form may contain the key, its file is held back until then. */
const runGuards =
  ({ guards, keyless }: Shared): RequestHandler =>
  (req, res, next) => {
    const exchange = exchangeOf(req, res);
    const outcome = isMultipart(req) ? guards.checkForm(exchange) : guards.check(exchange);
    if (outcome === true) return;
    if (typeof outcome === 'function') holdForm(req, { checkKey: outcome, keyless });
    next();
  };

/** The inline door takes forms with `image` or `format` and without `type` in the query; it passes on all others. */
function inlineHandlers(config: ServeConfig, shared: Shared): readonly RequestHandler[] {
  const { receive, gate, store, codecs, upload, presets } = shared;
  const fetchImage = async (): Promise<never> => {
    throw new Problem('unprocessable', 'image: the inline door does not fetch pictures');
  };
  const convertOptions = { limits: config, codecs, fetchImage };
  const door = inlineDoor({ config, gate, store, presets, convertOptions, budget: upload.budget });
  const isAlone = !config.DOORS.includes('onthefly');
  const whenOurs =
    (handler: RequestHandler, isOurs: (req: Request) => boolean): RequestHandler =>
    (req, res, next) =>
      isAlone || isOurs(req) ? handler(req, res, next) : next();
  const mayBeInline = (req: Request): boolean => isMultipart(req) && !queryOf(req.url).texts.has('type');
  return [whenOurs(runGuards(shared), mayBeInline), whenOurs(receive, mayBeInline), whenOurs(door, isInline)];
}

const onlyPost: RequestHandler = (req, res) => {
  res.setHeader('allow', 'POST');
  throw new Problem('method_not_allowed', `method: expected POST, got ${req.method}`);
};

const noSuchPath: RequestHandler = (req) => {
  throw new Problem('not_found', `path: expected POST /convert, got ${req.method} ${req.path}`);
};

function answerError(error: unknown, req: IncomingMessage, res: ServerResponse): void {
  const problem = asProblem(error);
  const cause = problem.status >= 500 ? { error } : {};
  note(res, { code: problem.code, reason: problem.message, ...cause });
  answerProblem(req, res, problem);
}

const onProblem: ErrorRequestHandler = (error, req, res, _next) => answerError(error, req, res);

/** Paths of the inline door and of direct uploads, as Express reads them. */
const isRouted = ({ url = '/' }: IncomingMessage): boolean => /^\/(?:convert|uploads)(?:[/?]|$)/i.test(url);

/**
 * The doors of the service. Express routes the inline door and direct uploads; what they do not take, and all other
 * requests, go to the on-the-fly door, which has routes of its own.
 * @param logRequests writes one line for each request.
 * @throws Problem `invalid_param` for settings that contradict each other.
 */
export async function createApp(
  config: ServeConfig,
  log: Log,
  logRequests: Middleware = requestLog(log, config.PROJECT_ID),
): Promise<RequestListener> {
  const shared = await createShared(config);
  const app = express().disable('x-powered-by').disable('etag');
  const isInlineOpen = config.DOORS.includes('inline');
  if (isInlineOpen)
    app.use(directHandler(config, shared)).post('/convert', ...inlineHandlers(config, shared));
  if (!config.DOORS.includes('onthefly')) {
    app.options('/convert', runGuards(shared)).all('/convert', onlyPost).use(noSuchPath).use(onProblem);
    return (req, res) => logRequests(req, res, () => app(req, res));
  }
  // Loaded only when it is open: the inline service starts sooner without it.
  const { createOnTheFlyDoor } = await import('./onthefly/index.ts');
  const door = await createOnTheFlyDoor(config, shared, log);
  app.use(door).use(onProblem);
  return (req, res) =>
    logRequests(req, res, () => {
      if (isInlineOpen && isRouted(req)) app(req, res);
      else door(req, res).catch((error: unknown) => answerError(error, req, res));
    });
}
