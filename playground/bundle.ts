import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** The page's own code, as text. */
export interface PageBundle {
  readonly script: string;
  readonly style: string;
}

const run = promisify(execFile);
const pathOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** The bundler's program: it ends with its work, so that a service keeps no process of it. */
const program = pathOf('../node_modules/esbuild/bin/esbuild');
const flags = ['--bundle', '--minify', '--target=es2022', '--log-level=error', '--legal-comments=none'];
const jsx = ['--jsx=automatic', '--jsx-import-source=preact', '--format=iife'];

async function bundleFile(file: string, more: readonly string[]): Promise<string> {
  const args = [pathOf(file), ...flags, ...more];
  // On Windows the program is a script of Node.
  const [command, first] = process.platform === 'win32' ? [process.execPath, [program]] : [program, []];
  return (await run(command, [...first, ...args], { maxBuffer: 16 * 1024 * 1024 })).stdout;
}

/**
 * Bundles the page's code: in a checkout at the first request of the page. A release has the outcome in place of this
 * module (build/playground.ts).
 * @returns undefined in a checkout without its development packages.
 */
export async function bundlePage(): Promise<PageBundle | undefined> {
  if (!existsSync(program)) return undefined;
  const [script, style] = await Promise.all([
    bundleFile('app/main.tsx', jsx),
    bundleFile('app/style/main.css', ['--target=chrome123,firefox120,safari17.5']),
  ]);
  return { script, style };
}

/** The sample pictures by their names. */
const sampleFiles = { photo: 'samples/photo.jpg', logo: '../logo.png' } as const;
export type SampleName = keyof typeof sampleFiles;
export const sampleNames = Object.keys(sampleFiles) as readonly SampleName[];

export const readSample = (name: SampleName): Promise<Buffer> => readFile(pathOf(sampleFiles[name]));
