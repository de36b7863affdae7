import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Problem } from '../../common/problem.ts';
import type { Engine } from './format.ts';

/** The optional packages by engine. A conversion that needs a missing one says what to install. */
export const packages = {
  magick: '@imagemagick/magick-wasm',
  pdfium: '@hyzyla/pdfium',
  vectorizer: '@neplex/vectorizer',
} as const;
export type OptionalEngine = keyof typeof packages;

/** Resolves the path of a package. @throws if it is not installed. */
export type Resolve = (name: string) => string;
const here = createRequire(import.meta.url);

/** Looks for the folder of a package, which takes a tenth of the time of `require.resolve`: every start asks for all. */
function resolveHere(name: string): string {
  const found = here.resolve.paths(name)?.find((folder) => existsSync(join(folder, name, 'package.json')));
  return found ?? here.resolve(name);
}

export function isInstalled(engine: Engine, resolve: Resolve = resolveHere): boolean {
  if (!(engine in packages)) return true;
  try {
    resolve(packages[engine as OptionalEngine]);
    return true;
  } catch {
    return false;
  }
}

/** How an optional package is had. */
export const installing = (name: string): string =>
  `npm install ${name}, or take the full image, not the slim one`;

/** Work that needs an optional package, in words: `reading HEIC`, `writing JXL`. */
export type Work = `${'reading' | 'writing'} ${string}`;

/** @throws Problem `missing_decoder` or `missing_encoder` that names the package to install. */
export function needs(engine: OptionalEngine, work: Work, resolve: Resolve = resolveHere): void {
  if (isInstalled(engine, resolve)) return;
  const name = packages[engine];
  const needed = `${work} needs ${name}: ${installing(name)}`;
  if (work.startsWith('reading')) throw new Problem('missing_decoder', `Unsupported media type: ${needed}`);
  throw new Problem('missing_encoder', `Unsupported image output type: ${needed}`);
}
