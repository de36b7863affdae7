#!/usr/bin/env node
import { availableParallelism } from 'node:os';
import { commands } from './commands.ts';

/** Room beside the conversions for name look-ups and files. libuv reads it at the first use of its pool. */
process.env.UV_THREADPOOL_SIZE ??= String(availableParallelism() + 4);

const out = (text: string): void => void process.stdout.write(`${text}\n`);
const err = (text: string): void => void process.stderr.write(`${text}\n`);

const help = (): string =>
  [
    'Usage: imagetx COMMAND ...',
    '',
    ...Object.entries(commands).map(([name, { usage, summary }]) => `  ${name} ${usage}\n      ${summary}`),
  ].join('\n');

const [name = '', ...args] = process.argv.slice(2);
const command = Object.hasOwn(commands, name) ? commands[name] : undefined;

if (command) {
  const run = await command.load();
  process.exitCode = (await run(args, { env: process.env, out, err })) ?? 0;
} else {
  const isAsked = ['help', '-h', '--help'].includes(name);
  (isAsked ? out : err)(help());
  process.exitCode = isAsked ? 0 : 2;
}
