import type { Command } from './command.ts';

/** Every command by its name. */
export const commands: Readonly<Record<string, Command>> = {
  serve: {
    usage: '[-p PORT] [-enable-url-source] [-mount DIR] ... (`serve -h` lists all flags)',
    summary: "Serves Imaginary's HTTP API.",
    load: async () => (await import('./serve.ts')).serve,
  },
  sign: {
    usage: 'URL [--host ORIGIN] [--expires 3600] [--key KEY]',
    summary: 'Prints a signed URL.',
    load: async () => (await import('./sign.ts')).sign,
  },
};
