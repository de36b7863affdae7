import { readFile } from 'node:fs/promises';
import { posix } from 'node:path';
import type { Plugin } from 'esbuild';

/** Google's generated clients read JSON files beside themselves by a path that no bundler recognises. */
const reading = /\(0, _jsonHelper\.getJSON\)\(_path\["default"\]\.join\(dirname, ([^()]*)\)\)/g;

const required = (_call: string, parts: string): string => {
  const path = posix.join(...parts.split(',').map((part) => part.trim().slice(1, -1)));
  return `require('${path.startsWith('.') ? path : `./${path}`}')`;
};

/** Replaces these reads with `require`, so that the bundle includes the files. */
export const inlineJson: Plugin = {
  name: 'inline JSON',
  setup(build) {
    build.onLoad({ filter: /@google-cloud[\\/].*_client\.cjs$/ }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8')).replace(reading, required),
    }));
  },
};
