import { readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Problem } from '../common/problem.ts';
import type { LocalCloud } from './cloud.ts';
import { botoFile, shellFile } from './environment.ts';
import { isListening } from './services/readiness.ts';

/** What others need to find the running local cloud. */
export type RunningCloud = Pick<LocalCloud, 'ports' | 'urls' | 'buckets' | 'caFile'> & {
  readonly pid: number;
  /** What our services run with. */
  readonly settings: Readonly<Record<string, string>>;
};

const files = { running: 'running.json', shell: 'env', boto: 'boto' };

/** Writes the file to `source` and the one by which programs find us. */
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

/** @throws Problem when a local cloud runs on this folder already. */
export async function refuseSecond(dir: string): Promise<void> {
  const running = await findRunning(dir);
  if (!running) return;
  const inUse = `it runs already (process ${running.pid}) on ${resolve(dir)}`;
  throw new Problem('unprocessable', `${inUse}; --dir=OTHER --random-ports starts a second one beside it`);
}

/** The local cloud that uses this folder now; a file left by a killed one counts for nothing. */
export async function findRunning(dir: string): Promise<RunningCloud | undefined> {
  try {
    const running = JSON.parse(await readFile(join(dir, files.running), 'utf8')) as RunningCloud;
    process.kill(running.pid, 0);
    return (await isListening(running.ports.tasks)) ? running : undefined;
  } catch {
    return undefined;
  }
}
