import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runningFile } from '../../common/local_cloud.ts';

/** A running local cloud, started with `npm start`. */
export interface LocalCloudInfo {
  /** Settings of its services, by their names. */
  readonly settings: Readonly<Record<string, string>>;
}

/** The local cloud running from this folder; ignores a stale file. */
export async function findLocalCloud(dir: string): Promise<LocalCloudInfo | undefined> {
  try {
    const running = JSON.parse(await readFile(join(dir, runningFile), 'utf8'));
    process.kill(running.pid, 0);
    return { settings: running.settings };
  } catch {
    return undefined;
  }
}
