import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import sharp from 'sharp';
import { createObjectStore } from '../../cloud/storage.ts';
import { names, urlsFor } from '../../local/environment.ts';
import { ports } from '../../local/ports.ts';
import { addSample, sampleName } from '../../local/sample.ts';
import { startStorage } from '../../local/storage/server.ts';
import { inFolder } from '../support/folder.ts';

const { source } = names.buckets;
const anyUrls = urlsFor(
  Object.fromEntries(Object.entries(ports).map(([name, { port }]) => [name, port])) as never,
);

test('the first start has a photograph in the source bucket; a deleted one does not come back', () =>
  inFolder(async (dir) => {
    const server = await startStorage({ dir: join(dir, 'storage'), port: 0, buckets: [source] });
    const cloud = { dir, urls: { ...anyUrls, storage: server.url } };
    const store = createObjectStore({ projectId: names.project, endpoint: server.url });
    const ref = { bucket: source, name: sampleName };

    await addSample(cloud);
    expect(await sharp(await store.read(ref)).metadata()).toMatchObject({ format: 'jpeg', width: 1800 });
    await store.remove({ ...ref, generation: (await store.stat(ref))?.generation ?? '' });
    await addSample(cloud);
    expect(await store.stat(ref)).toBeUndefined();
    await server.close();
  }));

test('an object of that name is kept', () =>
  inFolder(async (dir) => {
    const server = await startStorage({ dir: join(dir, 'storage'), port: 0, buckets: [source] });
    const store = createObjectStore({ projectId: names.project, endpoint: server.url });
    const own = { bucket: source, name: sampleName, data: Buffer.from('mine'), contentType: 'image/jpeg' };
    await store.write({ ...own, metadata: {}, ifGeneration: '0' });
    await addSample({ dir, urls: { ...anyUrls, storage: server.url } });
    expect(String(await store.read(own))).toBe('mine');
    await server.close();
  }));
