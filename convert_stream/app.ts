import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Log } from '../common/log.ts';
import { asProblem, Problem } from '../common/problem.ts';
import { createShared, type Shared } from './context/shared.ts';
import { answerProblem } from './http/answer.ts';
import type { GuardedExchange } from './http/exchange.ts';
import { type FailureHandler, type RequestHandler, requestPath, runHandlers } from './http/handlers.ts';
import { queryOf } from './http/query.ts';
import { note, requestLog } from './http/request_log.ts';
import { inlineDoor, isInline } from './inline/index.ts';
import type { ServeConfig } from './settings/config.ts';
import { holdForm } from './upload/admission.ts';
import { isMultipart } from './upload/multipart.ts';

/** `POST /convert`, as the guards see it. */
const exchangeOf = (req: IncomingMessage, res: ServerResponse): GuardedExchange => ({
  req,
  res,
  path: requestPath(req),
  query: queryOf(req.url ?? ''),
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

/** Its path in any letter case, also with a slash at its end. */
const isConvert = (req: IncomingMessage): boolean => /^\/convert\/?$/i.test(requestPath(req));

/** Runs a handler for the requests that `isOurs` accepts; all others go to the next handler. */
const only =
  (isOurs: (req: IncomingMessage) => boolean, handler: RequestHandler): RequestHandler =>
  (req, res, next) =>
    isOurs(req) ? handler(req, res, next) : next();

const isPost = (req: IncomingMessage): boolean => req.method === 'POST' && isConvert(req);
const isPreflight = (req: IncomingMessage): boolean => req.method === 'OPTIONS' && isConvert(req);

/** The inline door takes forms with `image` or `format` and without `type` in the query; it passes on all others. */
function inlineHandlers(config: ServeConfig, shared: Shared): readonly RequestHandler[] {
  const { receive, gate, store, codecs, upload } = shared;
  const fetchImage = async (): Promise<never> => {
    throw new Problem('unprocessable', 'image: the inline door does not fetch pictures');
  };
  const convertOptions = { limits: config, codecs, fetchImage };
  const door = inlineDoor({ config, gate, store, convertOptions, budget: upload.budget });
  const isAlone = !config.DOORS.includes('onthefly');
  const mayBeInline = (req: IncomingMessage): boolean =>
    isMultipart(req) && !queryOf(req.url ?? '').texts.has('type');
  const guarded = [runGuards(shared), receive].map((handler) =>
    only((req) => isAlone || mayBeInline(req), handler),
  );
  return [...guarded, only((req) => isAlone || isInline(req), door)].map((handler) => only(isPost, handler));
}

/** Answers what the inline door alone does not take. */
const refuse: RequestHandler = (req, res) => {
  if (!isConvert(req))
    throw new Problem('not_found', `path: expected POST /convert, got ${req.method} ${requestPath(req)}`);
  res.setHeader('allow', 'POST');
  throw new Problem('method_not_allowed', `method: expected POST, got ${req.method}`);
};

const onProblem: FailureHandler = (error, req, res) => {
  const problem = asProblem(error);
  const cause = problem.status >= 500 ? { error } : {};
  note(res, { code: problem.code, reason: problem.message, ...cause });
  answerProblem(req, res, problem);
};

/** The on-the-fly door, loaded only when it is open: the inline service starts sooner without it. */
async function openOnTheFly(config: ServeConfig, shared: Shared): Promise<RequestHandler> {
  const { createOnTheFlyDoor } = await import('./onthefly/index.ts');
  return await createOnTheFlyDoor(config, shared);
}

/**
 * The doors of the service. The inline door comes first.
 * @param logRequests writes one line for each request.
 * @throws Problem `invalid_param` for settings that contradict each other.
 */
export async function createApp(
  config: ServeConfig,
  log: Log,
  logRequests: RequestHandler = requestLog(log, config.PROJECT_ID),
): Promise<(req: IncomingMessage, res: ServerResponse) => void> {
  const shared = createShared(config);
  const { DOORS: doors } = config;
  const inline = doors.includes('inline') ? inlineHandlers(config, shared) : [];
  const others = doors.includes('onthefly')
    ? [await openOnTheFly(config, shared)]
    : [only(isPreflight, runGuards(shared)), refuse];
  return runHandlers([logRequests, ...inline, ...others], onProblem);
}
