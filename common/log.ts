import { type DestinationStream, pino } from 'pino';
import { Problem } from './problem.ts';

/** Facts of one line: what a log-based metric, an alert or a person filters by. */
export type Facts = Readonly<Record<string, unknown>>;

type Write = (facts: Facts, message: string) => void;

/** Structured lines as Cloud Logging reads them. One line per finished job, at the edge. */
export interface Log {
  readonly debug: Write;
  readonly info: Write;
  readonly warn: Write;
  readonly error: Write;
}

export interface LogOptions {
  /** The least severe level that is written. */
  readonly level?: string;
  /** On every line. */
  readonly base?: Facts;
  /** Standard output unless given. */
  readonly destination?: DestinationStream;
}

/** pino's levels in Cloud Logging's words. */
const severities: Readonly<Record<string, string>> = {
  trace: 'DEBUG',
  debug: 'DEBUG',
  info: 'INFO',
  warn: 'WARNING',
  error: 'ERROR',
  fatal: 'CRITICAL',
};

const hidden = '[hidden]';
const secretNames = ['key', 'apiKey', 'api_key', 'token', 'password', 'secret', 'signature', 'authorization'];

/**
 * In a URL, or in one that is a parameter of another and so escaped: API keys, URL signatures, and the signed URLs
 * of Cloud Storage and CDN.
 */
const secretQuery =
  /((?:[?&;]|%(?:25)*(?:3f|26|3b))(?:key|api[-_]?key|sign|signature|token|access_token|x-(?:goog|amz)-(?:signature|credential|security-token))(?:=|%(?:25)*3d))(?:(?!%(?:25)*26)[^&\s"'\\])+/gi;
/** User and password in front of a host, plain or escaped. */
const userInfo = /(:\/\/|%(?:25)*3a%(?:25)*2f%(?:25)*2f)[^/\s@?#&"'\\]{1,200}(@|%(?:25)*40)/gi;
const bearer = /\b(bearer|basic)\s+[\w.~+/=-]{8,}/gi;

/** Text without keys, tokens and signatures, whatever line they slipped into. */
export const withoutSecrets = (text: string): string =>
  text.replace(secretQuery, `$1${hidden}`).replace(userInfo, `$1${hidden}$2`).replace(bearer, `$1 ${hidden}`);

/** An error and what caused it, in plain data. */
function plainError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  return {
    name: error.name,
    message: error.message,
    ...(error instanceof Problem ? { code: error.code } : { stack: error.stack }),
    ...(error.cause === undefined ? {} : { cause: plainError(error.cause) }),
  };
}

/** A log that writes one JSON line per call, without secrets. */
export function createLog({ level = 'info', base = {}, destination }: LogOptions = {}): Log {
  const options = {
    level,
    base,
    messageKey: 'message',
    errorKey: 'error',
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ severity: severities[label] ?? 'DEFAULT' }) },
    serializers: { error: plainError },
    redact: { paths: secretNames.flatMap((name) => [name, `*.${name}`]), censor: hidden },
    hooks: { streamWrite: withoutSecrets },
  };
  const logger = destination ? pino(options, destination) : pino(options);
  return {
    debug: logger.debug.bind(logger),
    info: logger.info.bind(logger),
    warn: logger.warn.bind(logger),
    error: logger.error.bind(logger),
  };
}

/** A log that says nothing. */
export const silent: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
