import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import type { Log } from '../common/log.ts';
import { asProblem, Problem } from '../common/problem.ts';
import { answerProblem } from './answer.ts';
import { inlineDoor, isInline } from './inline/index.ts';
import { keyGuard, signatureGuard, signatureKeys } from './onthefly/access.ts';
import { cacheGuard } from './onthefly/caching.ts';
import { corsGuard, preflightGuard } from './onthefly/cors.ts';
import { disabledGuard, disabledNames } from './onthefly/disabled.ts';
import type { Guard } from './onthefly/exchange.ts';
import { onTheFlyDoor } from './onthefly/index.ts';
import { getGuard, methodGuard } from './onthefly/methods.ts';
import { createPlaceholder } from './onthefly/placeholder.ts';
import { serverGuard } from './onthefly/server_header.ts';
import { createWork } from './onthefly/setup.ts';
import { throttleGuard } from './onthefly/throttle.ts';
import { note, requestLog } from './request_log.ts';
import type { ServeConfig } from './serve.ts';
import { createShared, type Shared } from './shared.ts';
import { signedOnly } from './signed_only.ts';
import { isMultipart } from './upload.ts';

/** What stands before every endpoint of the on-the-fly door. The order decides which error wins: it is Imaginary's. */
function guardsOf(config: ServeConfig): readonly Guard[] {
  const signatures = signatureKeys(config);
  const keys = [config.API_KEY ?? '', ...config.API_KEYS].filter(Boolean);
  const disabled = disabledNames(config.DISABLE_ENDPOINTS);
  const throttle = { perSecond: config.THROTTLE_PER_SECOND, burst: config.THROTTLE_BURST, now: Date.now };
  const guards: readonly (readonly [isOn: boolean, guard: () => Guard])[] = [
    [config.CORS, () => preflightGuard],
    [signatures.length > 0, () => signatureGuard(signatures, Date.now)],
    [true, () => getGuard(Boolean(config.MOUNT) || config.ENABLE_URL_SOURCE)],
    [true, () => methodGuard],
    [true, () => serverGuard],
    [config.HTTP_CACHE_TTL >= 0, () => cacheGuard(config.HTTP_CACHE_TTL, Date.now)],
    [keys.length > 0, () => keyGuard(keys)],
    [config.CORS, () => corsGuard],
    [throttle.perSecond > 0, () => throttleGuard(throttle)],
    [disabled.size > 0, () => disabledGuard(disabled)],
  ];
  return guards.filter(([isOn]) => isOn).map(([, guard]) => guard());
}

async function onTheFly(config: ServeConfig, shared: Shared): Promise<RequestHandler> {
  const { shop, route } = createWork(config, shared);
  const hasPlaceholder = config.ENABLE_PLACEHOLDER || Boolean(config.PLACEHOLDER);
  const placeholder = hasPlaceholder ? await createPlaceholder(config, shop.convertOptions) : undefined;
  return onTheFlyDoor({ guards: guardsOf(config), route, ...(placeholder ? { placeholder } : {}) });
}

/** The inline door: a form with `image` or `format`, and no `type` in the query; anything else passes on. */
function inline(config: ServeConfig, { receive, gate, store, isolate }: Shared): readonly RequestHandler[] {
  const fetchImage = async (): Promise<never> => {
    throw new Problem('unprocessable', 'image: the inline door fetches nothing');
  };
  const door = inlineDoor({ config, gate, store, convertOptions: { limits: config, isolate, fetchImage } });
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
  if (config.DOORS.includes('onthefly')) app.use(await onTheFly(config, shared));
  else app.all('/convert', onlyPost).use(noSuchPath);
  return app.use(onProblem);
}
