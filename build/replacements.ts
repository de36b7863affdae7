import type { Plugin } from 'esbuild';

/** Small replacements of modules that libraries import at their start but hardly use: of `semver`, three functions. */
const sources: Readonly<Record<string, string>> = {
  semver: ['coerce', 'gte', 'satisfies']
    .map((name) => `exports.${name} = (...args) => require('semver/functions/${name}')(...args);`)
    .join(' '),
};

/** The packages whose imports are replaced. */
const importers = /node_modules\/sharp\/[^@]*$/;

export const replacements: Plugin = {
  name: 'replacements',
  setup(build) {
    const filter = new RegExp(`^(${Object.keys(sources).join('|')})$`);
    build.onResolve({ filter }, ({ path, importer, resolveDir, namespace }) =>
      namespace === 'file' && importers.test(importer.replaceAll('\\', '/'))
        ? { path, namespace: 'replacement', pluginData: resolveDir }
        : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'replacement' }, ({ path, pluginData }) => ({
      contents: sources[path] ?? '',
      resolveDir: pluginData,
    }));
  },
};
