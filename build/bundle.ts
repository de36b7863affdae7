import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type BuildOptions, build } from 'esbuild';
import { builtins } from './builtins.ts';
import { inlineJson } from './inline_json.ts';
import { outside, type Program } from './programs.ts';
import { replacements } from './replacements.ts';
import { chunkSource, type Found, split } from './split.ts';

const shared = {
  bundle: true,
  minify: true,
  platform: 'node',
  target: 'node24',
  sourcemap: 'linked',
  sourcesContent: false,
  // One file has the notices of all packages.
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
  external: [...outside],
  // Only one of its dozens of hash functions is used.
  alias: { 'hash-wasm': 'hash-wasm/dist/crc32.umd.min.js' },
} as const satisfies BuildOptions;

/** Defines `require` in an ES module without an import. */
const moduleBanner = "const require=process.getBuiltinModule('node:module').createRequire(import.meta.url);";
const chunkBanner = "const bundleUrl=require('node:url').pathToFileURL(__filename).href;";

/** Bundles a program into its folder, each entry into one file. Returns the bundled sources. */
export async function bundle(root: string, program: Program, folder: string): Promise<readonly string[]> {
  const found: Found = new Map();
  await rm(folder, { recursive: true, force: true });
  const { metafile } = await build({
    ...shared,
    absWorkingDir: root,
    entryPoints: { ...program.entries },
    outdir: folder,
    format: 'esm',
    banner: { js: moduleBanner },
    plugins: [replacements, builtins, split(root, found)],
  });
  const inputs = Object.keys(metafile.inputs);
  for (const [name, files] of found) {
    const chunk = await build({
      ...shared,
      absWorkingDir: root,
      stdin: { contents: chunkSource(root, files), resolveDir: root },
      outfile: join(folder, `${name}.cjs`),
      format: 'cjs',
      banner: { js: chunkBanner },
      define: { 'import.meta.url': 'bundleUrl' },
      // Google's clients depend on the names of classes.
      keepNames: true,
      plugins: [builtins, inlineJson],
    });
    inputs.push(...Object.keys(chunk.metafile.inputs));
  }
  return inputs;
}
