import { execFile } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { makePackage, root } from './support.ts';

const run = promisify(execFile);
/** In the checkout, so that the types of Node and Express are found as in a project that has them. */
const dir = join(root, 'dist/consumer');

const library = `
import { convert, createConverter, formats, inspect, Problem, type ConvertOptions } from 'imagetx';
const options: ConvertOptions = { width: 300, format: 'webp', quality: 'auto', gravity: 'smart' };
const { data, info } = await convert('photo.jpg', options);
const bytes: Buffer = data;
const sides: number[] = [info.width, info.height, (await inspect(bytes)).width];
await convert(new Uint8Array(4), { steps: [{ operation: 'crop', width: 3 }, { operation: 'watermark', text: 'x' }] });
const own = createConverter({ limits: { maxInputMegapixels: 100 }, concurrency: 2 });
await own.close();
try { await own.convert(new Blob([])); } catch (error) {
  if (error instanceof Problem) { const code: string = error.code; const status: number = error.status; void [code, status]; }
}
void [sides, formats.map(({ name }) => name)];
// @ts-expect-error a parameter that does not exist
await convert('photo.jpg', { widht: 300 });
// @ts-expect-error a format that cannot be written
await convert('photo.jpg', { format: 'jpgg' });
// @ts-expect-error a limit that does not exist
createConverter({ limits: { maxPixels: 1 } });
export {};`;

const handler = `
import { createServer } from 'node:http';
import express from 'express';
import { createHandler } from 'imagetx/serve';
const images = createHandler({ mount: 'photos', enableUrlSource: true, allowedOrigins: ['https://example.org'] });
createServer(images);
express().use('/images', images);
images.ready.then(() => {});
// @ts-expect-error a setting that does not exist
createHandler({ mounts: 'photos' });
export {};`;

/** CommonJS has no await at the top. */
const inFunction = (source: string): string => {
  const [imports, rest] = [/^import .*$/gm, source.replace(/^import .*$/gm, '').replace('export {};', '')];
  return `${(source.match(imports) ?? []).join('\n')}\nexport async function all() {${rest}}`;
};

beforeAll(async () => {
  await rm(dir, { recursive: true, force: true });
  await makePackage(join(dir, 'node_modules/imagetx'));
  await writeFile(join(dir, 'library.mts'), library);
  await writeFile(join(dir, 'handler.mts'), handler);
  await writeFile(join(dir, 'library.cts'), inFunction(library));
  await writeFile(join(dir, 'handler.cts'), inFunction(handler));
});

afterAll(() => rm(dir, { recursive: true, force: true }));

test.each([
  ['nodenext', ['--module', 'nodenext']],
  ['bundler', ['--module', 'esnext', '--moduleResolution', 'bundler']],
])('the types are right for %s resolution, and refuse what the tables refuse', async (name, flags) => {
  const common = ['--noEmit', '--strict', '--skipLibCheck', 'false', '--target', 'es2023', '--types', 'node'];
  const files =
    name === 'nodenext'
      ? ['library.mts', 'handler.mts', 'library.cts', 'handler.cts']
      : ['library.mts', 'handler.mts'];
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const args = [tsc, '--ignoreConfig', '--esModuleInterop', ...common, ...flags, ...files];
  const checked = await run(process.execPath, args, { cwd: dir }).catch((error) => error);
  expect(checked.stdout).toBe('');
});
