#!/usr/bin/env node

import { existsSync } from 'node:fs';
import nodeModule from 'node:module';
import { availableParallelism } from 'node:os';
import { controlProcess } from '../common/program.ts';
import { nearest } from '../common/suggest.ts';
import { version } from '../convert_stream/http/version.ts';
import { allocatorVariables, nativeVariables } from '../engine/settings.ts';
import { describeCommand } from './command.ts';
import { commands } from './commands/index.ts';

const words = process.argv.slice(2);
// `help COMMAND` is `COMMAND --help`.
const [name = '', ...args] = words[0] === 'help' && words[1] ? [words[1], '--help'] : words;
const command = Object.hasOwn(commands, name) ? commands[name] : undefined;

// By these a server gives memory back; images and the local cloud set them from outside.
if (command?.isServer) controlProcess(process).restartWith(allocatorVariables);

// Half of a short command's time is compilation; commands load what they need after this.
nodeModule.enableCompileCache?.();

for (const [name, value] of Object.entries(nativeVariables(availableParallelism())))
  process.env[name] ??= value;

const out = (text: string): void => void process.stdout.write(`${text}\n`);
const err = (text: string): void => void process.stderr.write(`${text}\n`);

/** Ctrl-C, `kill`, and a terminal that is closed. */
const endings = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The signal then ends the process as if nothing had listened to it. */
function onInterrupt(farewell: () => void): () => void {
  const undo = (): void => {
    for (const signal of endings) process.off(signal, listener);
  };
  const listener = (signal: NodeJS.Signals): void => {
    undo();
    farewell();
    process.kill(process.pid, signal);
  };
  for (const signal of endings) process.on(signal, listener);
  return undo;
}

const help = (): string =>
  [
    'Usage: imagetx COMMAND ...',
    '',
    ...Object.entries(commands).map(([name, { usage, summary }]) => `  ${name} ${usage}\n      ${summary}`),
    '',
    '`imagetx COMMAND --help` lists the options of a command, `imagetx --version` prints the version.',
  ].join('\n');

// The reader may close the pipe early: `imagetx status ... | head -1`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

/** Not at the top level: a CommonJS bundle cannot wait there. */
async function main(): Promise<void> {
  if (command) {
    const run = await command.load();
    const usage = describeCommand(name, command);
    const terminal = process.stdout.isTTY ? process.stdout : undefined;
    process.exitCode = (await run(args, { env: process.env, out, err, terminal, usage, onInterrupt })) ?? 0;
    if (command.isServer && process.exitCode === 0) controlProcess(process).exit();
  } else if (['-v', '-V', '--version', 'version'].includes(name)) {
    out(version);
  } else if (['help', '-h', '--help'].includes(name)) {
    out(help());
  } else {
    const hint = nearest(name, Object.keys(commands));
    const unknown = `imagetx: no such command: ${name}`;
    const isFile = existsSync(name);
    if (isFile) err(`${unknown}; to convert it: imagetx convert ${words.join(' ')} -o OUT`);
    else err(hint && name ? `${unknown}; did you mean ${hint}?` : `${help()}${name && `\n\n${unknown}`}`);
    process.exitCode = 2;
  }
}

void main();
