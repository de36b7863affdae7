/** `npm run package`: makes the npm package in dist/package, or in the folder that is named. `npm pack` packs it. */
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { bundle } from '../bundle.ts';
import { licences } from '../licences.ts';
import { clientEntries, writeClient } from './client.ts';
import { declarations } from './declarations.ts';
import { type Entry, manifest } from './manifest.ts';
import { peers } from './peers.ts';
import { tableTypes } from './table_types.ts';

const root = join(import.meta.dirname, '../..');
const folder = resolve(process.argv[2] ?? join(root, 'dist/package'));
const lib = join(folder, 'lib');

/** Modules for Node. They are CommonJS inside, so that a program that mixes module kinds has one engine. */
const nodeModules = ['index', 'serve'] as const;
const entries: readonly Entry[] = [
  { path: '.', file: 'lib/index' },
  { path: './serve', file: 'lib/serve' },
  ...clientEntries,
];

const copies: Readonly<Record<string, string>> = {
  'bin/imagetx.cjs': 'build/launch/package.cjs',
  'bin/command.cjs': 'build/launch/package_command.cjs',
  'lib/fonts': 'engine/native/fonts',
  LICENSE: 'LICENSE',
  'README.md': 'package/README.md',
  'CHANGELOG.md': 'CHANGELOG.md',
};

/** An ES module with the exports of the CommonJS one beside it. */
async function wrapper(name: string): Promise<string> {
  const names = Object.keys(await import(`../../package/${name}.ts`));
  return `import it from './${name}.cjs';\nexport const { ${names.join(', ')} } = it;\n`;
}

await rm(folder, { recursive: true, force: true });
const inputs = await bundle(
  root,
  {
    entries: { command: 'cli/main.ts', worker: 'engine/codec_worker/main.ts' },
    commonEntries: Object.fromEntries(nodeModules.map((name) => [name, `package/${name}.ts`])),
    options: {
      target: 'node20',
      sourcemap: false,
      // The undici of the services needs Node 22.
      alias: { undici: 'undici7' },
      inject: ['build/package/node20.ts'],
      external: ['sharp', '@hyzyla/pdfium', '@imagemagick/magick-wasm', '@neplex/vectorizer'],
    },
    plugins: [peers],
  },
  lib,
);
await mkdir(join(folder, 'bin'), { recursive: true });
for (const [place, source] of Object.entries(copies))
  await cp(join(root, source), join(folder, place), { recursive: true });
for (const name of nodeModules) await writeFile(join(lib, `${name}.js`), await wrapper(name));
const types = await declarations(join(root, 'package'), ['types', ...nodeModules], { params: tableTypes() });
for (const [file, text] of Object.entries(types)) await writeFile(join(lib, file), text);
await writeClient(root, join(lib, 'client'));
await writeFile(join(folder, 'THIRD_PARTY_LICENCES.txt'), await licences(root, inputs));
const checkout = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
await writeFile(join(folder, 'package.json'), manifest(checkout, entries));
process.stdout.write(`${folder}\n`);
