import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The local cloud that runs now, as `npm start` tells it. */
export interface LocalCloud {
  /** Settings of its services, by their names. */
  readonly settings: Readonly<Record<string, string>>;
}

/** Buckets of any local cloud: never looked for at Google, also when none runs. */
export const localBuckets: readonly string[] = ['imagetx-src', 'imagetx-dst', 'imagetx-records'];

/** The one whose state is in this folder; a file left by a killed one counts for nothing. */
export async function findLocalCloud(dir: string): Promise<LocalCloud | undefined> {
  try {
    const running = JSON.parse(await readFile(join(dir, 'running.json'), 'utf8'));
    process.kill(running.pid, 0);
    return { settings: running.settings };
  } catch {
    return undefined;
  }
}
