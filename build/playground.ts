import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Plugin } from 'esbuild';
import { bundlePage, readSample, sampleNames } from '../playground/bundle.ts';

/** Folder beside the bundles, with what the page consists of. */
const folder = 'playground';
const pageFile = 'page.json';

/** Reads what `writeParts` has written. */
const reader = `import { readFile } from 'node:fs/promises';
const read = (name) => readFile(new URL('${folder}/' + name, import.meta.url));
export const sampleNames = ${JSON.stringify(sampleNames)};
export const bundlePage = async () => JSON.parse(String(await read('${pageFile}')));
export const readSample = (name) => read('sample-' + name);`;

async function writeParts(outdir: string): Promise<void> {
  const target = join(outdir, folder);
  await mkdir(target, { recursive: true });
  await writeFile(join(target, pageFile), JSON.stringify(await bundlePage()));
  for (const name of sampleNames) await writeFile(join(target, `sample-${name}`), await readSample(name));
}

/** What a bundle with the page consists of besides its own inputs: the library of the page's code. */
export const pageInputs = (inputs: readonly string[]): readonly string[] =>
  inputs.includes('playground/bundle.ts') ? ['node_modules/preact/dist/preact.mjs'] : [];

/** A release contains the page as it was built: it has neither the sources nor the bundler. */
export const playground: Plugin = {
  name: 'playground',
  setup(build) {
    const { outdir, absWorkingDir = '.' } = build.initialOptions;
    let isUsed = false;
    build.onLoad({ filter: /[\\/]playground[\\/]bundle\.ts$/ }, () => {
      isUsed = true;
      return { contents: reader };
    });
    build.onEnd(async ({ errors }) => {
      if (isUsed && errors.length === 0 && outdir !== undefined)
        await writeParts(resolve(absWorkingDir, outdir));
    });
  },
};
