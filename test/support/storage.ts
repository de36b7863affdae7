import { Storage } from '@google-cloud/storage';
import { startStorage } from '../../local/storage/server.ts';
import { removeDir, temporaryDir } from './folder.ts';

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
