import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import type { Log } from '../common/log.ts';
import { asProblem, Problem } from '../common/problem.ts';
import { answerProblem } from './answer.ts';
import type { ServeConfig } from './config.ts';
import { inlineDoor, isInline } from './inline/index.ts';
import { signatureKeys } from './onthefly/access.ts';
import { note, requestLog } from './request_log.ts';
import { createShared, type Shared } from './shared.ts';
import { signedOnly } from './signed_only.ts';
import { isMultipart } from './upload.ts';

/** The inline door: a form with `image` or `format`, and no `type` in the query; anything else passes on. */
function inline(
  config: ServeConfig,
  { receive, gate, store, isolate, usage }: Shared,
): readonly RequestHandler[] {
  const fetchImage = async (): Promise<never> => {
    throw new Problem('unprocessable', 'image: the inline door fetches nothing');
  };
  const door = inlineDoor({
    config,
    gate,
    store,
    usage,
    convertOptions: { limits: config, isolate, fetchImage },
  });
  const isAlone = !config.DOORS.includes('onthefly');
  const ours =
    (handler: RequestHandler, takes: (req: Parameters<RequestHandler>[0]) => boolean): RequestHandler =>
    (req, res, next) =>
      isAlone || takes(req) ? handler(req, res, next) : next();
  const mayBe: Parameters<typeof ours>[1] = (req) => isMultipart(req) && !('type' in req.query);
  return [ours(signedOnly(signatureKeys(config)), mayBe), ours(receive, mayBe), ours(door, isInline)];
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
  } else app.all('/convert', onlyPost).use(noSuchPath);
  return app.use(onProblem);
}
