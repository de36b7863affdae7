import type { Plugin } from 'esbuild';

/** Google's clients and telemetry: half of all bytes, which only users of Google Cloud and of telemetry need. */
const peer =
  /^(@google-cloud\/(storage|tasks|opentelemetry-cloud-monitoring-exporter)|@opentelemetry\/(exporter-.*|sdk-node)|@grpc\/grpc-js|google-auth-library|gcp-metadata)$/;

export const isPeer = (name: string): boolean => peer.test(name);

/** An `import` of it would load it at every start, also of commands that convert nothing. */
const onUse = /^sharp$/;

/** Half a megabyte of character sets: Express's parsers of text use it, which the doors do not. */
const unused = /^iconv-lite$/;

/** Leaves these packages out of the bundle. At their first use they are loaded, or the user learns what to install. */
export const peers: Plugin = {
  name: 'peers',
  setup(build) {
    build.onResolve({ filter: peer }, ({ path, namespace }) =>
      namespace === 'peer' ? { path, external: true } : { path, namespace: 'peer' },
    );
    build.onResolve({ filter: unused }, ({ path }) => ({ path, namespace: 'unused' }));
    build.onLoad({ filter: /.*/, namespace: 'unused' }, () => ({
      contents: 'exports.encodingExists = () => false;',
    }));
    build.onResolve({ filter: onUse }, ({ path, namespace }) =>
      namespace === 'on use' ? { path, external: true } : { path, namespace: 'on use' },
    );
    build.onLoad({ filter: /.*/, namespace: 'on use' }, ({ path }) => ({
      contents: `module.exports = require('${path}');`,
    }));
    build.onLoad({ filter: /.*/, namespace: 'peer' }, ({ path }) => ({
      contents: `try { module.exports = require('${path}'); } catch (cause) {
        throw new Error('this needs a package: npm install ${path}', { cause });
      }`,
    }));
  },
};
