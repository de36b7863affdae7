import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Storage } from '@google-cloud/storage';
import { startStorage } from '../../local/storage/server.ts';

export const temporaryDir = () => mkdtemp(join(tmpdir(), 'imagetx-storage-'));
export const removeDir = (dir: string) => rm(dir, { recursive: true, force: true });

/** A storage server on a folder of its own with one bucket, and the real client for it. */
export async function testStorage(bucketName = 'pictures') {
  const dir = await temporaryDir();
  const server = await startStorage({ dir, port: 0, buckets: [bucketName] });
  const client = new Storage({ apiEndpoint: server.url, projectId: 'local-dev' });
  return {
    dir,
    server,
    client,
    bucket: client.bucket(bucketName),
    async close() {
      await server.close();
      await removeDir(dir);
    },
  };
}
