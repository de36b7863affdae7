import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { declarations } from './declarations.ts';
import type { Entry } from './manifest.ts';

/** The public modules of the client, with their paths in the package. */
const modules = { client: 'index', next: 'next', nuxt: 'nuxt', unpic: 'unpic' } as const;

export const clientEntries: readonly Entry[] = Object.entries(modules).map(([path, file]) => ({
  path: `./${path}`,
  file: `lib/client/${file}`,
}));

const kinds = [
  { format: 'esm', extension: '.js' },
  { format: 'cjs', extension: '.cjs' },
] as const;

/** Writes the client's modules and their declarations into `folder`: for browsers, edge runtimes and Node. */
export async function writeClient(root: string, folder: string): Promise<void> {
  for (const { format, extension } of kinds)
    await build({
      entryPoints: Object.values(modules).map((name) => join(root, 'client', `${name}.ts`)),
      outdir: folder,
      bundle: true,
      format,
      platform: 'browser',
      target: 'es2022',
      outExtension: { '.js': extension },
    });
  const sources = await readdir(join(root, 'client'));
  const names = sources.filter((file) => file.endsWith('.ts')).map((file) => file.slice(0, -'.ts'.length));
  for (const [file, text] of Object.entries(await declarations(join(root, 'client'), names)))
    await writeFile(join(folder, file), text);
}
