import { join } from 'node:path';
import { createObjectStore } from '../../../cloud/storage.ts';
import { type LocalStorage, startStorage } from '../../../local/storage/server.ts';
import { inFolder } from '../../support/folder.ts';
import { pretendCloud } from './world.ts';

const source = 'imagetx-src';

/** Runs with a storage that holds an upload that asks for outputs, and one that asks for none. */
export const withUploads = (work: (dir: string, server: LocalStorage) => Promise<void>): Promise<void> =>
  inFolder(async (dir) => {
    const buckets = [source, 'imagetx-dst', 'imagetx-records'];
    const server = await startStorage({ dir: join(dir, 'storage'), port: 0, buckets });
    const store = createObjectStore({ projectId: 'local-dev', endpoint: server.url });
    const upload = { bucket: source, data: Buffer.from('x'), contentType: 'image/png', ifGeneration: '0' };
    await store.write({ ...upload, name: 'asked.png', metadata: { formats: 'jpg,webp' } });
    await store.write({ ...upload, name: 'silent.png', metadata: {} });
    await pretendCloud(dir, { STORAGE_EMULATOR_HOST: server.url });
    await work(dir, server).finally(() => server.close());
  });
