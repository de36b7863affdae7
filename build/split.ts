import { dirname, relative } from 'node:path';
import type { Plugin } from 'esbuild';
import { chunks, onCall } from './chunks.ts';

/** Entry files of the packages in each chunk, by the name of the chunk. */
export type Found = Map<string, Set<string>>;

const seldom = 'seldom';
const names = [...new Set([...chunks.flatMap(({ packages }) => packages), ...Object.keys(onCall)])];
const anyName = new RegExp(`^(${names.join('|')})$`);

function chunkOf(name: string, importer: string): string | undefined {
  const chunk = chunks.find(({ packages, importers }) => packages.includes(name) && importers.test(importer));
  return chunk?.name ?? (Object.hasOwn(onCall, name) ? seldom : undefined);
}

/** A replacement for a package whose functions load it when they are called. */
function onFirstCall(load: string, exported: readonly string[]): string {
  const start = `let it; const load = () => (it ??= ${load});`;
  if (exported.length === 0) return `${start} module.exports = (...args) => (load().default ?? it)(...args);`;
  const own = exported.map((name) =>
    /^[A-Z]/.test(name)
      ? `get ${name}() { return load().${name}; }`
      : `${name}: (...args) => load().${name}(...args)`,
  );
  return `${start} module.exports = { ${own.join(', ')} };`;
}

/** Replaces the packages of chunks.ts with a `require` of their chunk, and adds them to `found`. */
export function split(root: string, found: Found): Plugin {
  return {
    name: 'split',
    setup(build) {
      build.onResolve({ filter: anyName }, async ({ path, importer, resolveDir, pluginData }) => {
        if (pluginData === 'as it is') return undefined;
        const chunk = chunkOf(path, relative(root, importer).replaceAll('\\', '/'));
        if (chunk === undefined) return undefined;
        const there = await build.resolve(path, {
          importer,
          resolveDir,
          // Google's clients read JSON files beside the bundle as ES modules; as CommonJS they include them.
          kind: 'require-call',
          pluginData: 'as it is',
        });
        if (there.errors.length > 0) return { errors: there.errors };
        const files = found.get(chunk) ?? new Set();
        found.set(chunk, files.add(there.path));
        return { path: there.path, namespace: 'chunk', pluginData: { chunk, name: path } };
      });
      build.onResolve({ filter: /^chunk:/ }, ({ path }) => ({
        path: path.replace('chunk:', './'),
        external: true,
      }));
      build.onLoad({ filter: /.*/, namespace: 'chunk' }, ({ path, pluginData: { chunk, name } }) => {
        const load = `require('chunk:${chunk}.cjs')[${JSON.stringify(relative(root, path))}]`;
        const exported = onCall[name];
        const contents = exported ? onFirstCall(load, exported) : `module.exports = ${load};`;
        return { contents, resolveDir: dirname(path) };
      });
    },
  };
}

/** The source of a chunk: a getter for each package loads it at its first use. */
export function chunkSource(root: string, files: Iterable<string>): string {
  const entries = [...files].sort().map((file) => {
    return `get ${JSON.stringify(relative(root, file))}() { return require(${JSON.stringify(file)}); }`;
  });
  return `module.exports = { ${entries.join(', ')} };`;
}
