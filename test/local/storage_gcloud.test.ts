import { expect, test } from '@jest/globals';
import { isInstalled } from '../support/installed.ts';
import { toolRig } from './support/tools.ts';

(isInstalled('gcloud') ? test : test.skip)(
  'gcloud storage copies, lists, describes, reads and removes',
  async () => {
    const rig = await toolRig(({ url }) => ({
      CLOUDSDK_API_ENDPOINT_OVERRIDES_STORAGE: `${url}/`,
      CLOUDSDK_AUTH_DISABLE_CREDENTIALS: 'True',
    }));
    const { small, large } = rig.files;
    const gcloud = (...args: string[]) => rig.run('gcloud', 'storage', ...args);
    try {
      const metadata = '--custom-metadata=^:^name=logo:formats=jpg,webp';
      await gcloud('cp', small.path, 'gs://pictures/a/ü.png', metadata);
      await gcloud('cp', large.path, 'gs://pictures/large.png');
      expect(await rig.metadataOf('a/ü.png')).toMatchObject({
        contentType: 'image/png',
        metadata: { name: 'logo', formats: 'jpg,webp' },
      });
      const listed = (await gcloud('ls', '--long', 'gs://pictures/**')).toString();
      expect(listed).toMatch(/20000 .* gs:\/\/pictures\/a\/ü\.png\n.*9000000 .* gs:\/\/pictures\/large\.png/);
      const described = await gcloud('objects', 'describe', 'gs://pictures/large.png', '--format=json');
      expect(JSON.parse(described.toString())).toMatchObject({ name: 'large.png', size: 9_000_000 });
      expect((await gcloud('cat', 'gs://pictures/large.png')).equals(large.data)).toBe(true);
      await gcloud('cp', '--gzip-in-flight-all', small.path, 'gs://pictures/in-flight.png');
      expect(await rig.metadataOf('in-flight.png')).toMatchObject({ size: '20000' });
      await rig.run(
        'env',
        'CLOUDSDK_STORAGE_PARALLEL_COMPOSITE_UPLOAD_ENABLED=True',
        'CLOUDSDK_STORAGE_PARALLEL_COMPOSITE_UPLOAD_THRESHOLD=4M',
        'CLOUDSDK_STORAGE_PARALLEL_COMPOSITE_UPLOAD_COMPONENT_SIZE=4M',
        ...['gcloud', 'storage', 'cp', large.path, 'gs://pictures/composed.png'],
      );
      expect(await rig.metadataOf('composed.png')).toMatchObject({ size: '9000000', componentCount: 3 });
      await gcloud('rm', '--recursive', 'gs://pictures');
      expect(await rig.metadataOf('large.png')).toMatchObject({ error: { code: 404 } });
    } finally {
      await rig.close();
    }
  },
  180_000,
);
