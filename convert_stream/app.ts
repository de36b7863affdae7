import express, {
  type ErrorRequestHandler,
  type Express,
  type Request,
  type RequestHandler,
  type Response,
} from 'express';
import type { Log } from '../common/log.ts';
import { asProblem, Problem } from '../common/problem.ts';
import { createShared, type Shared } from './context/shared.ts';
import { answerProblem } from './http/answer.ts';
import type { Visit } from './http/exchange.ts';
import { queryOf } from './http/query.ts';
import { note, requestLog } from './http/request_log.ts';
import { inlineDoor, isInline } from './inline/index.ts';
import type { ServeConfig } from './settings/config.ts';
import { holdForm } from './upload/admission.ts';
import { isMultipart } from './upload/multipart.ts';

/** `POST /convert`, as guards see it. */
const visitOf = (req: Request, res: Response): Visit => ({
  req,
  res,
  path: req.path,
  query: queryOf(req.url),
  endpoint: { name: 'convert', kind: 'image' },
});

/** The guards, before the form is read: where it may bring its key itself, reading it waits for that. */
const guarded =
  ({ guards, keyless }: Shared): RequestHandler =>
  (req, res, next) => {
    const visit = visitOf(req, res);
    const outcome = isMultipart(req) ? guards.askForm(visit) : guards.ask(visit);
    if (outcome === true) return;
    if (typeof outcome === 'function') holdForm(req, { decide: outcome, keyless });
    next();
  };

/** The inline door: a form with `image` or `format`, and no `type` in the query; anything else passes on. */
function inline(config: ServeConfig, shared: Shared): readonly RequestHandler[] {
  const { receive, gate, store, codecs, upload } = shared;
  const fetchImage = async (): Promise<never> => {
    throw new Problem('unprocessable', 'image: the inline door fetches nothing');
  };
  const convertOptions = { limits: config, codecs, fetchImage };
  const door = inlineDoor({ config, gate, store, convertOptions, budget: upload.budget });
  const isAlone = !config.DOORS.includes('onthefly');
  const ours =
    (handler: RequestHandler, takes: (req: Request) => boolean): RequestHandler =>
    (req, res, next) =>
      isAlone || takes(req) ? handler(req, res, next) : next();
  const mayBe = (req: Request): boolean => isMultipart(req) && !('type' in req.query);
  return [ours(guarded(shared), mayBe), ours(receive, mayBe), ours(door, isInline)];
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
 * The doors of the service, in the order in which they are asked.
 * @param logRequests writes the line of a request.
 * @throws Problem `invalid_param` for settings that cannot be.
 */
export async function createApp(
  config: ServeConfig,
  log: Log,
  logRequests: RequestHandler = requestLog(log, config.PROJECT_ID),
): Promise<Express> {
  const shared = createShared(config);
  const app = express().disable('x-powered-by').disable('etag').use(logRequests);
  if (config.DOORS.includes('inline')) app.post('/convert', ...inline(config, shared));
  if (config.DOORS.includes('onthefly')) {
    // Loaded only where it is open: the inline service starts sooner without it.
    const { onTheFly } = await import('./onthefly/door.ts');
    app.use(await onTheFly(config, shared));
  } else app.options('/convert', guarded(shared)).all('/convert', onlyPost).use(noSuchPath);
  return app.use(onProblem);
}
