import { type DestinationStream, pino } from 'pino';
import { Problem } from './problem.ts';
import { hidden, isSecretName, withoutSecrets } from './secrets.ts';

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

/** Cloud Logging refuses entries over 256 KiB; a character takes up to six bytes in JSON. */
const most = { characters: 8_192, items: 100, layers: 6, line: 200_000 };

const cleanText = (text: string): string =>
  withoutSecrets(text.length > most.characters ? `${text.slice(0, most.characters)}...` : text);

/** An error and what caused it, in plain data. */
const plainError = (error: Error): Facts => ({
  name: error.name,
  message: error.message,
  ...(error instanceof Problem ? { code: error.code } : { stack: error.stack }),
  ...(error.cause === undefined ? {} : { cause: error.cause }),
});

/** Plain data of bounded size, without secrets. */
function clean(value: unknown, layer = 0): unknown {
  if (typeof value === 'string') return cleanText(value);
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  if (layer === most.layers) return '...';
  if (Array.isArray(value)) return value.slice(0, most.items).map((one) => clean(one, layer + 1));
  if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`;
  return cleanFacts(value instanceof Error ? plainError(value) : (value as Facts), layer + 1);
}

const cleanFacts = (facts: Facts, layer = 0): Facts =>
  Object.fromEntries(
    Object.entries(facts)
      .slice(0, most.items)
      .map(([name, value]) => [
        cleanText(name),
        isSecretName(name) && value !== undefined ? hidden : clean(value, layer),
      ]),
  );

/** Bounded texts can still be too many. */
function boundLine(line: string): string {
  if (line.length <= most.line) return line;
  const { severity, time, event, message } = JSON.parse(line) as Facts;
  return `${JSON.stringify({ severity, time, event, message, omitted: `${line.length} characters of facts` })}\n`;
}

/** Written before the call returns: a line is neither lost with the process nor waits for a thread that converts. */
const standardOutput = (): DestinationStream => pino.destination({ dest: 1, sync: true });

/** A log that writes one JSON line per call, without secrets. */
export function createLog({ level = 'info', base = {}, destination }: LogOptions = {}): Log {
  const options = {
    level,
    base,
    messageKey: 'message',
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ severity: severities[label] ?? 'DEFAULT' }) },
    hooks: { streamWrite: boundLine },
  };
  const logger = pino(options, destination ?? standardOutput());
  const writing =
    (name: keyof Log): Write =>
    (facts, message) => {
      if (logger.isLevelEnabled(name)) logger[name](cleanFacts(facts), cleanText(message));
    };
  return {
    debug: writing('debug'),
    info: writing('info'),
    warn: writing('warn'),
    error: writing('error'),
  };
}

/** A log that says nothing. */
export const silent: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
