import { execFile } from 'node:child_process';
import { cp, mkdir, symlink, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { type Registry, startRegistry } from '../support/registry.ts';

export const root = join(import.meta.dirname, '../..');
const run = promisify(execFile);

/** Makes the package in a folder of its own, since test files run at the same time. */
export const makePackage = (folder: string): Promise<unknown> =>
  run(process.execPath, ['build/package/main.ts', folder], { cwd: root });

/** A registry that has the package, and what is installed in the checkout. */
export const openRegistry = (packageFolder: string, packDir: string): Promise<Registry> =>
  startRegistry(join(root, 'node_modules'), { imagetx: packageFolder }, packDir);

/** A folder in which a stranger works, with a stock Node. */
export interface Consumer {
  readonly dir: string;
  /** Runs a program there. Rejects when it fails. */
  readonly run: (program: string, ...args: readonly string[]) => Promise<{ stdout: string; stderr: string }>;
}

/** An empty folder with a picture. Its `node` is the given one. */
export async function openConsumer(dir: string, node: string, registry: Registry): Promise<Consumer> {
  const bin = join(dir, '.bin');
  await mkdir(bin, { recursive: true });
  await symlink(node, join(bin, 'node'));
  await cp(join(root, 'logo.png'), join(dir, 'logo.png'));
  await writeFile(join(dir, '.npmrc'), `registry=${registry.url}\ncache=${join(dir, '.npm')}\n`);
  const path = [bin, ...(process.env.PATH ?? '').split(delimiter)].filter(
    (folder) => folder !== dirname(process.execPath) && !folder.includes('node_modules'),
  );
  const quiet = { npm_config_audit: 'false', npm_config_fund: 'false', npm_config_update_notifier: 'false' };
  const { HOME = dir } = process.env;
  const env = { PATH: path.join(delimiter), HOME, ...quiet };
  return { dir, run: (program, ...args) => run(program, [...args], { cwd: dir, env }) };
}
