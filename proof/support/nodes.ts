import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

const root = join(import.meta.dirname, '../..');
const program = process.platform === 'win32' ? 'node.exe' : 'node';

function majorOf(node: string): number {
  return Number.parseInt(execFileSync(node, ['-p', 'process.versions.node'], { encoding: 'utf8' }), 10);
}

/** Installs npm's copy of that Node in .local/nodes, as the checkout installs its own. */
async function install(major: number): Promise<string> {
  const folder = join(root, '.local/nodes', String(major));
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const node = join(folder, 'node_modules', name, 'bin', program);
  if (existsSync(node)) return node;
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), '{"private":true}');
  const args = ['install', '--no-audit', '--no-fund', '--fetch-retries=0', `${name}@${major}`];
  execFileSync('npm', args, { cwd: folder, stdio: 'ignore', timeout: 200_000 });
  return node;
}

/** A stock Node of that major version: on the PATH, or npm's copy; undefined, and said, if there is none. */
export async function findNode(major: number): Promise<string | undefined> {
  const places = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, program));
  const there = [process.execPath, ...places].filter((file) => existsSync(file));
  const found = there.find((file) => majorOf(file) === major);
  if (found) return found;
  try {
    return await install(major);
  } catch {
    process.stderr.write(`skipped: Node ${major} is not on this machine and cannot be installed\n`);
    return undefined;
  }
}
