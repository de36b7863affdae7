import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Log } from '../../common/log/log.ts';
import type { Shared } from '../context/shared.ts';
import type { Guards } from '../guards/index.ts';
import { answerText } from '../http/answer.ts';
import type { Exchange } from '../http/exchange.ts';
import { readQuery } from '../http/query.ts';
import type { ServeConfig } from '../settings/config.ts';
import { settingsVersion } from '../settings/deciding.ts';
import { checkOnlyPresets } from './request/preset.ts';
import { sendFailure } from './response/failure.ts';
import { createPlaceholder, type Placeholder } from './response/placeholder.ts';
import type { Kept } from './results/open.ts';
import { parseTarget, type Route, redirectUnclean } from './routes/router.ts';
import { setUpDoor } from './setup.ts';

interface DoorParts {
  readonly guards: Guards;
  readonly route: Route;
  /** Whether URLs are signed: neither the order of a query nor its escapes are, so neither may decide anything. */
  readonly isSigned: boolean;
  readonly onlyPresets: boolean;
  readonly placeholder?: Placeholder;
}

function sendPlainText(req: IncomingMessage, res: ServerResponse, status: number, text: string): void {
  res.setHeader('content-type', 'text/plain; charset=utf-8');
  answerText(req, res, status, `${text}\n`);
}

async function answerExchange(
  exchange: Exchange,
  { guards, onlyPresets, placeholder }: DoorParts,
): Promise<void> {
  try {
    if (guards.check(exchange)) return;
    if (onlyPresets) checkOnlyPresets(exchange);
    await exchange.endpoint.answer(exchange);
  } catch (error) {
    await sendFailure(exchange, error, placeholder);
  }
}

/** Answers every request, also those to paths that do not exist. */
export type Door = (req: IncomingMessage, res: ServerResponse) => Promise<void>;

function answerWith(parts: DoorParts): Door {
  return async (req, res) => {
    const target = parseTarget(req);
    if (target === undefined) return sendPlainText(req, res, 400, '400 Bad Request');
    const { path, raw } = target;
    if (redirectUnclean(res, path, raw)) return;
    const endpoint = parts.route(path);
    if (endpoint === undefined) return sendPlainText(req, res, 404, '404 page not found');
    const query = readQuery(raw, { hasStrays: !parts.isSigned });
    await answerExchange({ req, res, path, endpoint, query }, parts);
  };
}

interface KeptOptions {
  readonly shared: Shared;
  readonly log: Log;
  readonly settings: string;
}

/** Opens the place of results; its code is loaded where it is used. */
async function openKept(
  place: string,
  config: ServeConfig,
  { shared, log, settings }: KeptOptions,
): Promise<Kept> {
  const { openKept: open } = await import('./results/open.ts');
  const { RESULTS_MAX_BYTES: maxBytes, SOURCES_TTL: ttlSeconds } = config;
  return await open({ place, maxBytes, ttlSeconds, settings }, shared.store, log);
}

/**
 * The on-the-fly door: Imaginary's HTTP API, behind the guards of both doors.
 * @throws Problem `invalid_param` for settings that contradict each other.
 */
export async function createOnTheFlyDoor(config: ServeConfig, shared: Shared, log: Log): Promise<Door> {
  const settings = settingsVersion(config);
  const kept = config.RESULTS ? await openKept(config.RESULTS, config, { shared, log, settings }) : undefined;
  const { context, route } = setUpDoor(config, shared, { settings, ...(kept ? { kept } : {}) });
  const hasPlaceholder = config.ENABLE_PLACEHOLDER || Boolean(config.PLACEHOLDER);
  const placeholder = hasPlaceholder ? await createPlaceholder(config, context.convertOptions) : undefined;
  const { ONLY_PRESETS: onlyPresets, ENABLE_URL_SIGNATURE: isSigned } = config;
  const { guards } = shared;
  return answerWith({ guards, route, isSigned, onlyPresets, ...(placeholder ? { placeholder } : {}) });
}
