import { engines } from '../programs.ts';
import { isPeer } from './peers.ts';

interface Checkout {
  readonly version: string;
  readonly description: string;
  readonly license: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
}

/** The oldest Node that the package's bundles run on: that of undici 7. */
export const oldestNode = '20.18.1';

/** A public module of the package: real ES modules have a file of each kind. */
export interface Entry {
  readonly path: string;
  readonly file: string;
}

const exportOf = ({ path, file }: Entry) => [
  path,
  {
    import: { types: `./${file}.d.ts`, default: `./${file}.js` },
    require: { types: `./${file}.d.cts`, default: `./${file}.cjs` },
  },
];

const typesOf = ({ path, file }: Entry) => [path.slice('./'.length), [`./${file}.d.cts`]];

const pick = (names: readonly string[], versions: Readonly<Record<string, string>>) =>
  Object.fromEntries(names.map((name) => [name, versions[name]]));

/** The package.json of the npm package. */
export function manifest(checkout: Checkout, entries: readonly Entry[]): string {
  const { version, description, license, dependencies, optionalDependencies } = checkout;
  const peers = Object.keys(dependencies).filter(isPeer);
  const made = {
    name: 'imagetx',
    version,
    description,
    license,
    keywords: ['image', 'resize', 'convert', 'webp', 'avif', 'heic', 'imaginary', 'sharp', 'thumbnail'],
    type: 'module',
    engines: { node: `>=${oldestNode}` },
    bin: { imagetx: 'bin/imagetx.cjs' },
    main: './lib/index.cjs',
    types: './lib/index.d.cts',
    exports: { ...Object.fromEntries(entries.map(exportOf)), './package.json': './package.json' },
    // For the resolution of TypeScript's `node10`, which knows no exports.
    typesVersions: { '*': Object.fromEntries(entries.slice(1).map(typesOf)) },
    sideEffects: false,
    dependencies: pick(['sharp'], dependencies),
    optionalDependencies: pick(engines, optionalDependencies),
    peerDependencies: Object.fromEntries(peers.map((name) => [name, `^${dependencies[name]}`])),
    peerDependenciesMeta: Object.fromEntries(peers.map((name) => [name, { optional: true }])),
  };
  return `${JSON.stringify(made, null, 2)}\n`;
}
