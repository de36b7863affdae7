import type { Plugin } from 'esbuild';

/**
 * What libraries load at their start and use a little of or nothing, as that little; together a tenth of a start.
 * `debug` says nothing without DEBUG; sharp asks `semver` for three of its functions;
 * pino asks whether this is a worker thread, which no program of ours is.
 */
const sources: Readonly<Record<string, string>> = {
  debug: 'module.exports = () => Object.assign(() => {}, { enabled: false });',
  semver: ['coerce', 'gte', 'satisfies']
    .map((name) => `exports.${name} = (...args) => require('semver/functions/${name}')(...args);`)
    .join(' '),
  worker_threads: 'exports.isMainThread = true;',
};

/** Whose imports of them are replaced. */
const importers = /node_modules\/(express|router|finalhandler|send|body-parser|pino|sharp)\/[^@]*$/;

export const standIns: Plugin = {
  name: 'stand-ins',
  setup(build) {
    const filter = new RegExp(`^(${Object.keys(sources).join('|')})$`);
    build.onResolve({ filter }, ({ path, importer, resolveDir, namespace }) =>
      namespace === 'file' && importers.test(importer.replaceAll('\\', '/'))
        ? { path, namespace: 'stand-in', pluginData: resolveDir }
        : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'stand-in' }, ({ path, pluginData }) => ({
      contents: sources[path] ?? '',
      resolveDir: pluginData,
    }));
  },
};
