import express, {
  type ErrorRequestHandler,
  type Express,
  type Request,
  type RequestHandler,
  type Response,
} from 'express';
import type { Log } from '../common/log/log.ts';
import { asProblem, Problem } from '../common/problem.ts';
import { createShared, type Shared } from './context/shared.ts';
import { directHandler } from './direct/route.ts';
import { answerProblem } from './http/answer.ts';
import type { GuardedExchange } from './http/exchange.ts';
import { queryOf } from './http/query.ts';
import { note, requestLog } from './http/request_log.ts';
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

const onProblem: ErrorRequestHandler = (error, req, res, _next) => {
  const problem = asProblem(error);
  const cause = problem.status >= 500 ? { error } : {};
  note(res, { code: problem.code, reason: problem.message, ...cause });
  answerProblem(req, res, problem);
};

/**
 * The doors of the service. The inline door comes first.
 * @param logRequests writes one line for each request.
 * @throws Problem `invalid_param` for settings that contradict each other.
 */
export async function createApp(
  config: ServeConfig,
  log: Log,
  logRequests: RequestHandler = requestLog(log, config.PROJECT_ID),
): Promise<Express> {
  const shared = await createShared(config);
  const app = express().disable('x-powered-by').disable('etag').use(logRequests);
  if (config.DOORS.includes('inline'))
    app.use(directHandler(config, shared)).post('/convert', ...inlineHandlers(config, shared));
  if (config.DOORS.includes('onthefly')) {
    // Loaded only when it is open: the inline service starts sooner without it.
    const { createOnTheFlyDoor } = await import('./onthefly/index.ts');
    app.use(await createOnTheFlyDoor(config, shared, log));
  } else app.options('/convert', runGuards(shared)).all('/convert', onlyPost).use(noSuchPath);
  return app.use(onProblem);
}
