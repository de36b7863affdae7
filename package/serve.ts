/** `imagetx/serve`: the doors over HTTP, for a program that has a server of its own. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { availableParallelism } from 'node:os';

import type { FieldTable } from '../common/fields/field.ts';
import { type LogFields, silent } from '../common/log/log.ts';
import { asProblem, Problem } from '../common/problem.ts';
import { answerProblem } from '../convert_stream/http/answer.ts';

import { type Middleware, requestLog } from '../convert_stream/http/request_log.ts';
import { checkConfig, type ServeConfig, streamFields } from '../convert_stream/settings/config.ts';
import { setFonts } from './environment.ts';
import { readSettings } from './options.ts';
import type { HandlerOptions, ImageHandler } from './types.ts';

export type { ServeSettings } from './params.ts';
export type { HandlerOptions, ImageHandler, RequestFacts } from './types.ts';

setFonts();

type Handle = (req: IncomingMessage, res: ServerResponse) => void;

/** The service's settings, with defaults for a part of another program. */
const handlerFields = {
  ...streamFields,
  DOORS: { ...streamFields.DOORS, default: ['onthefly'] },
  WARM_CODECS: { ...streamFields.WARM_CODECS, default: false },
} as const satisfies FieldTable;

const logNothing: Middleware = (_req, _res, next) => next();

function requestLogFor(onRequest: HandlerOptions['onRequest']): Middleware {
  if (!onRequest) return logNothing;
  const write = (facts: LogFields): void => onRequest(facts);
  return requestLog({ debug: write, info: write, warn: write, error: write });
}

async function load(config: ServeConfig, onRequest: HandlerOptions['onRequest']): Promise<Handle> {
  const { createApp } = await import('../convert_stream/app.ts');
  return await createApp(config, silent, requestLogFor(onRequest));
}

/** Puts the path back that Express has cut off at a mount: routes, signatures and pages have it as their prefix. */
function restorePath(req: IncomingMessage & { readonly originalUrl?: string }, prefix: string): void {
  const { originalUrl = '' } = req;
  if (prefix !== '' && originalUrl.startsWith(prefix)) req.url = originalUrl;
}

/** Whether another handler has read the body, such as a parser of bodies: nothing would ever arrive here. */
const isRead = ({ readableEnded, headers }: IncomingMessage): boolean =>
  readableEnded && (headers['transfer-encoding'] !== undefined || Number(headers['content-length']) > 0);

const alreadyRead = (): Problem =>
  new Problem('invalid_param', 'body: expected it unread, but a handler before this one has read it');

/**
 * A request handler with the settings of `imagetx serve`, in camel case.
 * @example http.createServer(createHandler({ mount: 'photos' })).listen(9000);
 * @throws {Problem} `invalid_param` for settings that cannot be read.
 */
export function createHandler(options: HandlerOptions = {}): ImageHandler {
  const { onRequest, ...given } = options;
  const settings = readSettings(handlerFields, given);
  checkConfig(settings);
  const app = load({ ...settings, CONVERSIONS: settings.CONVERSIONS ?? availableParallelism() }, onRequest);
  const ready = app.then(
    () => {},
    (error: unknown) => Promise.reject(asProblem(error)),
  );
  // Requests report the failure too.
  ready.catch(() => {});
  const prefix = settings.PATH_PREFIX.replace(/^\/*|\/*$/g, '');
  const handle: Handle = (req, res) => {
    if (isRead(req)) return answerProblem(req, res, alreadyRead());
    restorePath(req, prefix && `/${prefix}/`);
    app.then(
      (answer) => answer(req, res),
      (error: unknown) => answerProblem(req, res, asProblem(error)),
    );
  };
  return Object.assign(handle, { ready });
}
