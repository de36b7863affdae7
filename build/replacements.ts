import type { Plugin } from 'esbuild';

/**
 * Small replacements of modules that libraries import at their start but hardly use. `debug` prints nothing without
 * DEBUG; `depd`, which warns of old functions, looks at the stack at each start; Express compiles its list of trusted
 * proxies (none) before the first request asks for an address; of `semver` sharp uses three functions, and at its start
 * it only reads the version in a range such as `>=8.18.3`.
 */
const sources: Readonly<Record<string, string>> = {
  depd: `module.exports = () => Object.assign(() => {}, { function: (work) => work, property: () => {} });`,
  debug: 'module.exports = () => Object.assign(() => {}, { enabled: false });',
  'proxy-addr': `
    const load = () => require('proxy-addr');
    module.exports = Object.assign((...args) => load()(...args), {
      all: (...args) => load().all(...args),
      compile: (trusted) => (...args) => load().compile(trusted)(...args),
    });`,
  semver: `exports.coerce = (range, options) => {
      const [, version] = options ? [] : (/^[<>=^~]*(\\d+\\.\\d+\\.\\d+)$/.exec(range) ?? []);
      return version ? { version } : require('semver/functions/coerce')(range, options);
    };
    exports.gte = (...args) => require('semver/functions/gte')(...args);
    exports.satisfies = (...args) => require('semver/functions/satisfies')(...args);`,
};

/** The packages whose imports are replaced. */
const importers = /node_modules\/(express|router|http-errors|finalhandler|send|body-parser|sharp)\/[^@]*$/;

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
