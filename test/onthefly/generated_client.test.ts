import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import openapiTypes, { astToString } from 'openapi-typescript';
import { endpointSpecs } from '../../convert_stream/onthefly/routes/endpoints.ts';
import { openApi } from '../../convert_stream/onthefly/routes/openapi.ts';
import { inFolder } from '../support/folder.ts';

const root = join(import.meta.dirname, '../..');
const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');

/** Uses each kind of answer by its described type: a wrong type does not compile. */
const usage = `
import createClient from 'openapi-fetch';
import type { paths } from './api.d.ts';

const api = createClient<paths>({ baseUrl: 'http://127.0.0.1' });
export async function use(image: string) {
  const info = await api.GET('/info', { params: { query: { file: 'a.jpg' } } });
  const width: number | undefined = info.data?.width;
  const reason: string | undefined = info.error && typeof info.error !== 'string' ? info.error.message : info.error;
  const formats = await api.GET('/formats');
  const names: readonly string[] = formats.data?.formats.map(({ name }) => name) ?? [];
  const health: number | undefined = (await api.GET('/health')).data?.uptime;
  const version: string | undefined = (await api.GET('/')).data?.libvips;
  const resized = await api.GET('/resize', { params: { query: { file: 'a.jpg', width: 9, type: 'webp' } }, parseAs: 'blob' });
  const blob: Blob | undefined = resized.data;
  const named = await api.GET('/images/{name}', { params: { path: { name: 'a.jpg' }, query: { w: 9 } }, parseAs: 'blob' });
  const steps = [{ operation: 'fit' as const, params: { width: 9, height: 9 } }];
  const piped = await api.GET('/pipeline', { params: { query: { operations: JSON.stringify(steps), file: 'a.jpg' } }, parseAs: 'blob' });
  const inline = await api.POST('/convert', {
    params: { query: { name: 'logo2', format: 'jpg' } },
    body: { image, width: 9 },
    headers: { accept: 'application/json' },
  });
  const url: string | undefined = typeof inline.data === 'object' ? inline.data.url : inline.data;
  return { width, reason, names, health, version, blob, url, named, piped };
}
// @ts-expect-error there is no such path
export const wrong = api.GET('/nothing');
// @ts-expect-error a width is a number
export const unsuitable = api.GET('/resize', { params: { query: { width: 'wide' } } });
// @ts-expect-error a pipeline has steps
export const empty = api.GET('/pipeline', { params: { query: { file: 'a.jpg' } } });
`;

test('a client that is generated from the description compiles against every answer, errors included', () =>
  inFolder(async (dir) => {
    const description = openApi({
      prefix: '',
      specs: endpointSpecs,
      hasInlineDoor: true,
      hasDirectUploads: true,
    });
    const types = astToString(await openapiTypes(JSON.parse(JSON.stringify(description))));
    await writeFile(join(dir, 'api.d.ts'), types);
    await writeFile(join(dir, 'usage.ts'), usage);
    const paths = { 'openapi-fetch': [join(root, 'node_modules/openapi-fetch/dist/index.d.mts')] };
    const compilerOptions = {
      strict: true,
      noEmit: true,
      module: 'nodenext',
      target: 'es2024',
      lib: ['es2024', 'dom'],
      types: [],
      allowImportingTsExtensions: true,
      paths,
    };
    await writeFile(join(dir, 'package.json'), '{"type":"module"}');
    await writeFile(join(dir, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['usage.ts'] }));
    const compiled = promisify(execFile)(process.execPath, [tsc, '-p', dir]).catch(
      ({ stdout }: { readonly stdout: string }) => ({ stdout }),
    );
    expect((await compiled).stdout).toBe('');
  }));
