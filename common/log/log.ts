import { Problem } from '../problem.ts';
import { hidden, isSecretName, withoutSecrets } from '../secrets.ts';
import { bufferedOutput, type LogDestination } from './output.ts';

/** The fields of one log line: log-based metrics, alerts and people filter by them. */
export type LogFields = Readonly<Record<string, unknown>>;

type Write = (fields: LogFields, message: string) => void;

/** Writes structured lines as Cloud Logging reads them. Write one line per finished job, at the edge. */
export interface Log {
  readonly debug: Write;
  readonly info: Write;
  readonly warn: Write;
  readonly error: Write;
}

export interface LogOptions {
  /** The least severe level that is written. */
  readonly level?: string;
  /** Fields of every line. */
  readonly base?: LogFields;
  /** Default: standard output. */
  readonly destination?: LogDestination;
}

/** Cloud Logging's severity of each level, least severe first. */
const severities = { debug: 'DEBUG', info: 'INFO', warn: 'WARNING', error: 'ERROR' } as const;
const levels = Object.keys(severities) as readonly (keyof Log)[];

/** Cloud Logging refuses entries over 256 KiB; a character takes up to six bytes in JSON. */
const most = { characters: 8_192, items: 100, layers: 6, line: 200_000 };

const cleanText = (text: string): string =>
  withoutSecrets(text.length > most.characters ? `${text.slice(0, most.characters)}...` : text);

/** An error and its cause as plain data. */
const plainError = (error: Error): LogFields => ({
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
  return cleanFields(value instanceof Error ? plainError(value) : (value as LogFields), layer + 1);
}

const cleanFields = (fields: LogFields, layer = 0): LogFields =>
  Object.fromEntries(
    Object.entries(fields)
      .slice(0, most.items)
      .map(([name, value]) => [
        cleanText(name),
        isSecretName(name) && value !== undefined ? hidden : clean(value, layer),
      ]),
  );

/** One line of JSON, short enough although only each of its texts is bounded. */
function lineOf(fields: LogFields): string {
  const line = JSON.stringify(fields);
  if (line.length <= most.line) return `${line}\n`;
  const { severity, time, event, message } = fields;
  return `${JSON.stringify({ severity, time, event, message, omitted: `${line.length} characters of fields` })}\n`;
}

let standardOutput: LogDestination | undefined;

/** One for all logs of the process, so that their lines keep their order. */
function outputOfProcess(): LogDestination {
  standardOutput ??= bufferedOutput(1);
  return standardOutput;
}

/** Writes nothing: the level is not logged. A caller may compare with it, and put together no fields. */
export const discard: Write = () => {};

/** Creates a log that writes one JSON line per call and removes secrets. An unknown level writes all lines. */
export function createLog({ level = 'info', base = {}, destination }: LogOptions = {}): Log {
  const output = destination ?? outputOfProcess();
  const least = level === 'silent' ? levels.length : levels.indexOf(level as keyof Log);
  const writing = (name: keyof Log): Write => {
    if (levels.indexOf(name) < least) return discard;
    return (fields, message) => {
      const head = { severity: severities[name], time: new Date().toISOString() };
      output.write(lineOf({ ...head, ...base, ...cleanFields(fields), message: cleanText(message) }));
    };
  };
  return {
    debug: writing('debug'),
    info: writing('info'),
    warn: writing('warn'),
    error: writing('error'),
  };
}

/** A log that discards every line. */
export const silent: Log = { debug: discard, info: discard, warn: discard, error: discard };
