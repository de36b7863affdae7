import { createRequire } from 'node:module';
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
const resolveHere: Resolve = createRequire(import.meta.url).resolve;

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
export const installing = (name: string): string => `npm install ${name}, or take the image of VARIANT=full`;

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
