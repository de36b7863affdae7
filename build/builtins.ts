import { isBuiltin } from 'node:module';
import type { Plugin } from 'esbuild';

/** Modules that are slow to load and that most requests do not need: the first call of a function loads them. */
const onCall = new Set([
  'assert',
  'child_process',
  'crypto',
  'dns/promises',
  'fs/promises',
  'https',
  'perf_hooks',
  'tls',
  'zlib',
]);

type Names = Readonly<Record<string, unknown>>;

const namesOf = (real: Names): readonly string[] =>
  Object.keys(real).filter((name) => /^[a-z]\w*$/i.test(name) && name !== 'default');

/** An object whose getters load the module. It has all names, because some packages copy it. */
function lazyObject(name: string, real: Names): string {
  const load = `require('node:${name}')`;
  const target = typeof real === 'function' ? `(...args) => ${load}(...args)` : '{}';
  const getter = `{ enumerable: true, configurable: true, get: () => ${load}[name] }`;
  return `(() => { const it = ${target};
    for (const name of ${JSON.stringify(Object.keys(real))}) Object.defineProperty(it, name, ${getter});
    return it; })()`;
}

/** For `import`: one constant per name, so that the bundler drops unused ones. */
function asModule(name: string, real: Names): string {
  const load = `require('node:${name}')`;
  const whole = onCall.has(name) ? lazyObject(name, real) : `(() => ${load})()`;
  const value = (key: string): string =>
    onCall.has(name) && typeof real[key] === 'function' && !/^[A-Z]/.test(key)
      ? `(...args) => ${load}.${key}(...args)`
      : `/* @__PURE__ */ (() => ${load}.${key})()`;
  const own = namesOf(real).map((key) => `const the_${key} = ${value(key)};`);
  const list = namesOf(real).map((key) => `the_${key} as ${key}`);
  return `${own.join('\n')}\nexport { ${list.join(', ')} };\nexport default /* @__PURE__ */ ${whole};`;
}

/**
 * Loads Node's own modules with `require`: an `import` of `node:http` reads all its exports, including lazy ones, and
 * so loads fetch and WebSocket at every start (20 ms).
 */
export const builtins: Plugin = {
  name: 'builtins',
  setup(build) {
    build.onResolve({ filter: /^[a-z:_/0-9]+$/ }, ({ path, kind, namespace }) => {
      if (namespace.startsWith('builtin') || !isBuiltin(path)) return undefined;
      const name = path.replace('node:', '');
      if (kind === 'import-statement') return { path: name, namespace: 'builtin module', sideEffects: false };
      return onCall.has(name) ? { path: name, namespace: 'builtin object' } : undefined;
    });
    const real = (name: string) => process.getBuiltinModule(name) as unknown as Names;
    build.onLoad({ filter: /.*/, namespace: 'builtin module' }, ({ path }) => ({
      contents: asModule(path, real(path)),
    }));
    build.onLoad({ filter: /.*/, namespace: 'builtin object' }, ({ path }) => ({
      contents: `module.exports = ${lazyObject(path, real(path))};`,
    }));
  },
};
