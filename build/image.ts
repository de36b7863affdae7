/** Prepares the files of an image for `COPY`: dist/image/PROGRAM-VARIANT becomes /app. Run it after build/main.ts. */
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { programs } from './programs.ts';
import { billOf } from './sbom.ts';

const root = join(import.meta.dirname, '..');
const modules = join(root, 'node_modules');

/** The native files of sharp for the images' C library; the bundle has sharp itself. */
const native = /^sharp-(?!.*musl)/;

/** Optional engines, with the parts that no server needs: other targets, types, examples. */
const engineWaste: Readonly<Record<string, RegExp>> = {
  '@imagemagick/magick-wasm': /\/(x64|README\.md)$|\.d\.ts$/,
  '@hyzyla/pdfium': /base64|browser|cdn|worker|README\.md$|\.d\.ts$/,
  '@neplex/vectorizer': /\/(cli|browser\.js|node_modules|README\.md)$|\.d\.ts$/,
};
const engineNative = /^vectorizer-(?!.*musl)/;

async function foldersIn(scope: string, name: RegExp): Promise<readonly string[]> {
  const folders = await readdir(join(modules, scope));
  return folders.filter((folder) => name.test(folder)).map((folder) => `${scope}/${folder}`);
}

async function copyEngines(to: string): Promise<readonly string[]> {
  for (const [name, waste] of Object.entries(engineWaste)) {
    const from = join(modules, name);
    const filter = (file: string): boolean => !waste.test(file.slice(from.length).replaceAll('\\', '/'));
    await cp(from, join(to, name), { recursive: true, filter });
  }
  const folders = await foldersIn('@neplex', engineNative);
  for (const folder of folders) await cp(join(modules, folder), join(to, folder), { recursive: true });
  return [...Object.keys(engineWaste), ...folders];
}

async function layOut(folder: string, variant: 'slim' | 'full'): Promise<void> {
  const from = join(root, 'dist', folder);
  const to = join(root, 'dist/image', `${folder}-${variant}`);
  await cp(from, to, { recursive: true, filter: (file) => !basename(file).endsWith('.map') });
  const folders = await foldersIn('@img', native);
  for (const one of folders) {
    await cp(join(modules, one), join(to, 'node_modules', one), { recursive: true });
  }
  const engines = variant === 'full' ? await copyEngines(join(to, 'node_modules')) : [];
  const bundled = await readFile(join(from, 'THIRD_PARTY_LICENCES.txt'), 'utf8');
  const bill = await billOf({ root, bundled, beside: [...folders, ...engines] });
  await writeFile(join(to, 'sbom.cdx.json'), JSON.stringify(bill));
}

await rm(join(root, 'dist/image'), { recursive: true, force: true });
for (const { folder, needs } of programs) {
  if (!needs.includes('sharp')) continue;
  await layOut(folder, 'slim');
  await layOut(folder, 'full');
}
