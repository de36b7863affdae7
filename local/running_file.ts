import { readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { runningFile } from '../common/local_cloud.ts';
import { Problem } from '../common/problem.ts';
import type { LocalCloud } from './cloud.ts';
import { botoFile, shellFile } from './environment.ts';
import { isListening } from './services/readiness.ts';

/** Describes the running local cloud to other programs. */
export type RunningCloud = Pick<LocalCloud, 'ports' | 'urls' | 'buckets' | 'caFile'> & {
  readonly pid: number;
  /** The settings of our services. */
  readonly settings: Readonly<Record<string, string>>;
};

const files = { running: runningFile, shell: 'env', boto: 'boto' };

/** Writes the shell file to `source`, and the file that describes the running local cloud. */
export async function announce(
  { dir, ports, urls, buckets, caFile, settings }: LocalCloud,
  pid: number,
): Promise<void> {
  const boto = resolve(dir, files.boto);
  const running: RunningCloud = { pid, ports, urls, buckets, caFile, settings };
  await writeFile(boto, botoFile(ports));
  await writeFile(join(dir, files.shell), shellFile(urls, boto));
  await writeFile(join(dir, files.running), `${JSON.stringify(running, null, 2)}\n`);
}

export async function withdraw(dir: string): Promise<void> {
  await rm(join(dir, files.running), { force: true });
}

/** @throws Problem when a local cloud already uses this folder. */
export async function refuseSecond(dir: string): Promise<void> {
  const running = await findRunning(dir);
  if (!running) return;
  const inUse = `the local cloud already runs (process ${running.pid}) on ${resolve(dir)}`;
  throw new Problem('unprocessable', `${inUse}; --dir=OTHER --random-ports starts a second one`);
}

/** The local cloud running from this folder; ignores a stale file. */
export async function findRunning(dir: string): Promise<RunningCloud | undefined> {
  try {
    const running = JSON.parse(await readFile(join(dir, files.running), 'utf8')) as RunningCloud;
    process.kill(running.pid, 0);
    return (await isListening(running.ports.tasks)) ? running : undefined;
  } catch {
    return undefined;
  }
}
