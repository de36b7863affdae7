import type { Command } from '../command.ts';

/** Every command by its name. */
export const commands: Readonly<Record<string, Command>> = {
  put: {
    usage: 'FILES... --formats svg,jpg [--sizes 320,640] [--name NAME] [--params width=800]',
    summary: 'Uploads pictures, waits for their outputs, and prints the URLs.',
    load: async () => (await import('./put.ts')).put,
  },
  status: {
    usage: 'gs://BUCKET/OBJECT...',
    summary: 'Shows the state of each output: done, waiting, or failed with the reason.',
    load: async () => (await import('./status.ts')).status,
  },
  retry: {
    usage: '[gs://RECORDS/_failed/OUTPUT.json | gs://RECORDS/_failed/FOLDER/ | OUTPUT]...',
    summary: 'Queues failed outputs again: those named, or all.',
    load: async () => (await import('./retry.ts')).retry,
  },
  backfill: {
    usage: 'gs://BUCKET/PREFIX [--dry-run] [--formats webp] [--rate 50]',
    summary: 'Queues conversions for existing objects; resumes after an interruption.',
    load: async () => (await import('./backfill/index.ts')).backfill,
  },
  convert: {
    usage: 'FILES, FOLDERS or PATTERNS... [-o OUT] [--format webp,avif] [--width 800] [--quality 80]',
    summary: 'Converts local files without any cloud; skips what is up to date.',
    about:
      'A folder keeps its subfolders in the output, and several folders keep their own names too; hidden files and files that are no pictures are left out and counted. A bad file does not stop the others. Outputs never overwrite a source, and of two sources with the same output the first one is converted and the other one reported. What each output was made of is in .imagetx.json beside the outputs.',
    examples: [
      'photo.heic -o photo.avif',
      'photos/ -o out/ --format webp,avif --width 1200',
      "'photos/**/*.jpg' -o 'out/{name}-small.{ext}' --width 300",
      'photos/ -o out/ --presets thumb,hero --presets-file presets.yaml',
      'photo.jpg -o square.webp --operation smartcrop --width 300 --height 300',
      '- --format webp < photo.jpg > photo.webp',
    ],
    load: async () => (await import('./convert/index.ts')).convertFiles,
  },
  inspect: {
    usage: 'FILES...',
    summary: 'Says what pictures are: format, size, pages, colours; without any cloud.',
    examples: ['photo.jpg', '*.heic --json'],
    load: async () => (await import('./inspect.ts')).inspectFiles,
  },
  serve: {
    usage: '[-p PORT] [-enable-url-source] [-mount DIR] ... (`serve -h` lists all flags)',
    summary: "Serves Imaginary's HTTP API.",
    isServer: true,
    load: async () => (await import('./serve/index.ts')).serve,
  },
  health: {
    usage: '[URL | -p PORT ...]',
    summary:
      'Asks a server whether it is ready; in a container, the one that runs there. Exit code 0: it is.',
    load: async () => (await import('./health.ts')).health,
  },
  presets: {
    usage: 'check FILE',
    summary: 'Checks a file of presets, and prints each preset in a line.',
    load: async () => (await import('./presets.ts')).presets,
  },
  purge: {
    usage: 'SOURCE... [--results PLACE]',
    summary: 'Removes all kept results of pictures, by their names or URLs.',
    load: async () => (await import('./purge.ts')).purge,
  },
  sign: {
    usage: 'URL [--host ORIGIN] [--expires 3600] [--key KEY]',
    summary: 'Prints a signed URL.',
    load: async () => (await import('./sign.ts')).sign,
  },
  completion: {
    usage: 'bash|zsh|fish',
    summary: 'Prints the completion script of a shell.',
    load: async () => (await import('./completion.ts')).completionOf(commands),
  },
};
