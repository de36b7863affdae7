import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { Agent, request } from 'undici';
import { createObjectStore } from '../../../cloud/storage.ts';
import { startLocalCloud } from '../../../local/cloud.ts';
import type { CloudOptions } from '../../../local/options.ts';
import { announce } from '../../../local/running_file.ts';

const main = fileURLToPath(new URL('../../../cli/main.ts', import.meta.url));
export const logo = fileURLToPath(new URL('../../../logo.png', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** The `imagetx` command in a process of its own, in an environment that knows of no cloud. */
export function spawnCommand(args: readonly string[], cwd?: string) {
  const env = { PATH: process.env.PATH, HOME: tmpdir() };
  const child = spawn(process.execPath, [main, ...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = Promise.all([once(child, 'close'), text(child.stdout), text(child.stderr)]).then(
    ([[code], out, err]): Ended => ({ code, out, err }),
  );
  return { child, ended };
}

const imagetx = (args: readonly string[], cwd?: string): Promise<Ended> => spawnCommand(args, cwd).ended;

/** JSON objects, one a line. */
export const jsonLines = (out: string): readonly Record<string, unknown>[] =>
  out
    .trim()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
    .sort((a, b) => String(a.name).localeCompare(String(b.name)));

/** A local cloud with the real services, which programs find in its folder. */
export type TestCloud = Awaited<ReturnType<typeof startTestCloud>>;

export async function startTestCloud(options: Partial<CloudOptions> = {}) {
  const home = await mkdtemp(join(tmpdir(), 'imagetx-e2e-'));
  const dir = join(home, '.local');
  const cloud = await startLocalCloud({
    dir,
    ports: 'random',
    certificates: join(dir, 'certs'),
    ...options,
  });
  await announce(cloud, process.pid);
  const dispatcher = new Agent({ connect: { ca: cloud.ca } });
  const store = createObjectStore({ projectId: 'local-dev', endpoint: cloud.urls.storage });
  return {
    ...cloud,
    store,
    /** The folder in which it was started. */
    home,
    /** The command, where it finds this cloud. */
    run: (...args: string[]) => imagetx(args, home),
    /** A picture from its CDN URL, as a browser sees it. */
    async fetchUrl(url: string) {
      const { statusCode, headers, body } = await request(url, { dispatcher });
      return {
        status: statusCode,
        type: headers['content-type'],
        data: Buffer.from(await body.arrayBuffer()),
      };
    },
    async names(bucket: keyof typeof cloud.buckets) {
      const names: string[] = [];
      for await (const { name } of store.list(cloud.buckets[bucket], '')) names.push(name);
      return names;
    },
    async close() {
      await dispatcher.close();
      await cloud.close();
      await rm(home, { recursive: true, force: true });
    },
  };
}
