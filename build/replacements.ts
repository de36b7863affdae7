import type { Plugin } from 'esbuild';

/**
 * Small replacements of modules that libraries import at their start but hardly use; they save a tenth of a start.
 * `debug` prints nothing without DEBUG; sharp uses three functions of `semver`; Express compiles its list of trusted
 * proxies (none) before the first request asks for an address.
 */
const sources: Readonly<Record<string, string>> = {
  debug: 'module.exports = () => Object.assign(() => {}, { enabled: false });',
  'proxy-addr': `
    const load = () => require('proxy-addr');
    module.exports = Object.assign((...args) => load()(...args), {
      all: (...args) => load().all(...args),
      compile: (trusted) => (...args) => load().compile(trusted)(...args),
    });`,
  semver: ['coerce', 'gte', 'satisfies']
    .map((name) => `exports.${name} = (...args) => require('semver/functions/${name}')(...args);`)
    .join(' '),
};

/** The packages whose imports are replaced. */
const importers = /node_modules\/(express|router|finalhandler|send|body-parser|sharp)\/[^@]*$/;

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
