import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { LocalCloud } from '../../local/cloud.ts';
import { bucketOf } from '../../test/local/support/cloud.ts';

export { bucketOf };

const root = join(import.meta.dirname, '../..');

/** The programs as they are deployed. */
export const entries = {
  inline: join(root, 'dist/imagetx/main.cjs'),
  converter: join(root, 'dist/imagebatch/main.cjs'),
  fan: join(root, 'dist/fan/index.js'),
} as const;

export async function buildBundles(): Promise<void> {
  await promisify(execFile)(process.execPath, ['build/main.ts'], { cwd: root });
}

/** An output, as soon as it is there; the test's own time limit ends the wait. */
export async function untilThere(cloud: LocalCloud, name: string): Promise<Buffer> {
  const file = bucketOf(cloud, 'destination').file(name);
  while (!(await file.exists())[0]) {
    // Asked again at once: the question itself takes its time.
  }
  const [data] = await file.download();
  return data;
}
