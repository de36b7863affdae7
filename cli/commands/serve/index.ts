import { availableParallelism, totalmem } from 'node:os';
import { readConfig } from '../../../common/fields/config.ts';
import type { ValuesOf } from '../../../common/fields/field.ts';
import { tuneGcForMemory } from '../../../common/gc.ts';
import { Problem } from '../../../common/problem.ts';
import { listen, type RunningServer } from '../../../common/server/listen.ts';
import { warningIfOpen } from '../../../convert_stream/guards/signed_url.ts';
import { version } from '../../../convert_stream/http/version.ts';
import { checkConfig } from '../../../convert_stream/settings/config.ts';
import { readable, readableText } from '../../../engine/catalog.ts';
import type { Run, World } from '../../command.ts';
import { accessLog } from './access_log.ts';
import { errorLog } from './error_log.ts';
import { serveFields } from './fields.ts';
import { goFlagHelp, readGoFlags, type Texts } from './go_flags.ts';
import { greeting } from './greeting.ts';
import { observeServer } from './telemetry.ts';
import { readTls } from './tls.ts';

const mib = 1024 * 1024;
const bufferedBounds = { least: 256 * mib, most: 2048 * mib } as const;

/** The memory for bodies of waiting requests; running conversions need the rest for pixels. */
function quarterOfMemory(): number {
  const memory = Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY);
  return Math.min(bufferedBounds.most, Math.max(bufferedBounds.least, Math.floor(memory / 4)));
}

type ServeSettings = ValuesOf<typeof serveFields>;

/** Settings whose environment variable overrides the flag, as in Imaginary; elsewhere the flag wins. */
const environmentFirst = ['PORT', 'URL_SIGNATURE_KEY'];

function textsOf(flags: Texts, env: World['env']): Record<string, string | undefined> {
  const first = environmentFirst.filter((name) => env[name]).map((name) => [name, env[name]]);
  const level = env.GOLANG_LOG ? { ACCESS_LOG: env.GOLANG_LOG } : {};
  return { ...env, ...flags, ...Object.fromEntries(first), ...level };
}

async function open(settings: ServeSettings, { out, err }: World): Promise<RunningServer> {
  const config = {
    ...settings,
    CONVERSIONS: settings.CONVERSIONS ?? availableParallelism(),
    MAX_BUFFERED_BYTES: settings.MAX_BUFFERED_BYTES ?? quarterOfMemory(),
  };
  checkConfig(config);
  tuneGcForMemory();
  const warning = warningIfOpen(config);
  if (warning) err(warning);
  if (config.GZIP) err('warning: -gzip flag is deprecated and will not have effect');
  const observation = await observeServer(config, err);
  const { createApp } = await import('../../../convert_stream/app.ts');
  const app = await createApp(config, errorLog(err), accessLog(config.ACCESS_LOG, out));
  const running = await listen(observation.of(app), {
    host: config.HOST,
    port: config.PORT,
    drainMs: config.DRAIN_MS,
    requestTimeoutMs: config.HTTP_READ_TIMEOUT * 1000,
    answerTimeoutMs: config.HTTP_WRITE_TIMEOUT * 1000,
    ...readTls(config, err),
  });
  await observation.load();
  // On standard error: standard output is Imaginary's request log, which is empty at the start.
  if (config.ACCESS_LOG === 'info') {
    err(greeting(running.place, config));
    err(readableText(readable()));
  }
  return { ...running, close: () => observation.close(running.close()) };
}

const usage = (): string =>
  `Usage:\n  imagetx serve -p 9000\n  imagetx serve -enable-url-source\n\n${goFlagHelp(serveFields)}`;

const reasonOf = (error: unknown): string => {
  const { message } = error as Error;
  return error instanceof Problem ? message : `cannot start the server: ${message}`;
};

/** Prints a text. @returns Imaginary's exit code when it does not serve. */
function printAndFail(write: (text: string) => void, text: string): number {
  write(text);
  return 1;
}

/** Starts Imaginary's server with Imaginary's flags. @returns the exit code when it does not start. */
export async function startServer(args: readonly string[], world: World): Promise<RunningServer | number> {
  const flags = readGoFlags(serveFields, args);
  if (!flags.ok) {
    world.err(flags.code === 2 ? `${usage()}\n\n${flags.reason}` : flags.reason);
    return flags.code;
  }
  const { texts } = flags;
  if (texts.HELP || texts.H) return printAndFail(world.err, usage());
  if (texts.VERSION || texts.V) return printAndFail(world.out, version);
  try {
    return await open(readConfig(serveFields, textsOf(texts, world.env)), world);
  } catch (error) {
    return printAndFail(world.err, reasonOf(error));
  }
}

const waitForSignal = (): Promise<void> =>
  new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });

/** Runs until SIGINT or SIGTERM. */
async function runServer(args: readonly string[], world: World): Promise<number> {
  const server = await startServer(args, world);
  if (typeof server === 'number') return server;
  await waitForSignal();
  await server.close();
  return 0;
}

/** `imagetx serve` */
export const serve: Run = Object.assign(runServer, { fields: serveFields });
