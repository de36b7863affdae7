import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface Registry {
  readonly url: string;
  /** Packages that were asked for and are not here. */
  readonly unknown: readonly string[];
  close(): void;
}

/**
 * A registry for `npm install` without a network: it serves packages out of folders, the installed packages of the
 * checkout among them, and knows only the version that is there.
 */
export async function startRegistry(
  modules: string,
  own: Readonly<Record<string, string>>,
  packDir: string,
): Promise<Registry> {
  const unknown: string[] = [];
  const packed = new Map<string, Promise<Buffer>>();
  const folderOf = (name: string): string => own[name] ?? join(modules, name);

  const pack = async (name: string): Promise<Buffer> => {
    const args = ['pack', '--silent', '--ignore-scripts', '--pack-destination', packDir, folderOf(name)];
    const { stdout } = await run('npm', args);
    return await readFile(join(packDir, stdout.trim()));
  };
  const tarball = (name: string): Promise<Buffer> => {
    const there = packed.get(name) ?? pack(name);
    packed.set(name, there);
    return there;
  };
  const describe = async (name: string): Promise<string> => {
    const about = JSON.parse(await readFile(join(folderOf(name), 'package.json'), 'utf8'));
    const dist = { tarball: `${urlOf(server)}/-/${name}` };
    const { scripts: _, ...rest } = about;
    return JSON.stringify({
      name,
      'dist-tags': { latest: about.version },
      versions: { [about.version]: { ...rest, dist } },
    });
  };
  const answer = async (path: string): Promise<string | Buffer | undefined> => {
    const name = path.replace(/^\/(-\/)?/, '');
    if (!existsSync(join(folderOf(name), 'package.json'))) {
      unknown.push(name);
      return undefined;
    }
    return path.startsWith('/-/') ? await tarball(name) : await describe(name);
  };
  const server = createServer((req, res) => {
    answer(decodeURIComponent(req.url ?? '')).then(
      (body) => res.writeHead(body === undefined ? 404 : 200).end(body ?? '{}'),
      (error: unknown) => res.writeHead(500).end(JSON.stringify({ error: String(error) })),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: urlOf(server), unknown, close: () => server.close().closeAllConnections() };
}

const urlOf = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
