import { isBuiltin } from 'node:module';
import type { Plugin } from 'esbuild';

/** Those that take time to load and that most requests do without: loaded when a name of theirs is first used. */
const onUse = new Set([
  'assert',
  'child_process',
  'crypto',
  'dns/promises',
  'fs/promises',
  'https',
  'tls',
  'zlib',
]);

/** A stand-in for a module whose names load it when they are read. */
function standIn(name: string): string {
  const real: unknown = process.getBuiltinModule(name);
  const load = `require(${JSON.stringify(name)})`;
  const base = typeof real === 'function' ? `(...args) => ${load}(...args)` : '{}';
  const names = JSON.stringify(Object.keys(real as object));
  const define = `Object.defineProperty(it, name, { enumerable: true, get: () => ${load}[name] })`;
  return `const it = ${base}; for (const name of ${names}) ${define}; module.exports = it;`;
}

/**
 * Node's own modules by `require`: an `import` of `node:http` reads all its exports,
 * lazy ones included, and so loads fetch and WebSocket at every start (20 ms).
 */
export const builtins: Plugin = {
  name: 'builtins',
  setup(build) {
    build.onResolve({ filter: /^[a-z:_/0-9]+$/ }, ({ path, kind, namespace }) => {
      if (namespace === 'builtin' || !isBuiltin(path)) return undefined;
      const bare = path.replace('node:', '');
      if (kind !== 'import-statement' && !onUse.has(bare)) return undefined;
      return { path: bare, namespace: 'builtin' };
    });
    build.onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
      contents: onUse.has(path) ? standIn(`node:${path}`) : `module.exports = require('node:${path}');`,
    }));
  },
};
