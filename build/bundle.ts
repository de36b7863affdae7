import { createHash } from 'node:crypto';
import { appendFile, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type BuildOptions, type BuildResult, build, type Plugin } from 'esbuild';
import { builtins } from './builtins.ts';
import { inlineJson } from './inline_json.ts';
import { pageInputs, playground } from './playground.ts';
import { outside } from './programs.ts';
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

/** What goes into a folder. */
export interface Bundles {
  /** Name of the bundle -> its entry source: ES modules, and CommonJS ones. */
  readonly entries: Readonly<Record<string, string>>;
  readonly commonEntries?: Readonly<Record<string, string>>;
  /** Options in place of the usual ones, and plugins that come before all others. */
  readonly options?: Pick<BuildOptions, 'alias' | 'external' | 'inject' | 'sourcemap' | 'target'>;
  readonly plugins?: readonly Plugin[];
}

/** The options of CommonJS output: it too has `import.meta.url`. */
const common = {
  format: 'cjs',
  banner: { js: chunkBanner },
  define: { 'import.meta.url': 'bundleUrl' },
} as const satisfies BuildOptions;

/** Ends a CommonJS bundle with the hash of its source, by which launch/run_bundle.ts knows its code again. */
async function addHash(file: string): Promise<void> {
  const hash = createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
  await appendFile(file, `\n// ${hash.slice(0, 32)}\n`);
}

/** Bundles entries into a folder, each into one file. Returns the bundled sources. */
export async function bundle(
  root: string,
  { entries, commonEntries = {}, options, plugins = [] }: Bundles,
  folder: string,
): Promise<readonly string[]> {
  const found: Found = new Map();
  await rm(folder, { recursive: true, force: true });
  const usual = { ...shared, ...options, alias: { ...shared.alias, ...options?.alias }, absWorkingDir: root };
  const entry = {
    ...usual,
    outdir: folder,
    plugins: [...plugins, playground, replacements, builtins, split(root, found)],
  };
  const built: Pick<BuildResult, 'metafile'>[] = [
    await build({ ...entry, entryPoints: { ...entries }, format: 'esm', banner: { js: moduleBanner } }),
    await build({
      ...{ ...entry, ...common, entryPoints: { ...commonEntries } },
      outExtension: { '.js': '.cjs' },
    }),
  ];
  for (const name of Object.keys(commonEntries)) await addHash(join(folder, `${name}.cjs`));
  for (const [name, files] of found) {
    const chunk = await build({
      ...usual,
      ...common,
      stdin: { contents: chunkSource(root, files), resolveDir: root },
      outfile: join(folder, `${name}.cjs`),
      // Google's clients depend on the names of classes.
      keepNames: true,
      plugins: [...plugins, builtins, inlineJson],
    });
    built.push(chunk);
  }
  const inputs = built.flatMap(({ metafile }) => Object.keys(metafile?.inputs ?? {}));
  return [...inputs, ...pageInputs(inputs)];
}
