import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { isInstalled } from '../support/installed.ts';
import { toolRig } from './support/tools.ts';

const boto = (httpsPort: string) => `[Credentials]
gs_json_host = 127.0.0.1
gs_json_port = ${httpsPort}
[Boto]
https_validate_certificates = False
[GSUtil]
check_hashes = always
`;

(isInstalled('gsutil') ? test : test.skip)(
  'gsutil copies, lists, describes, reads and removes',
  async () => {
    const rig = await toolRig(({ dir, httpsPort }) => {
      writeFileSync(join(dir, 'boto'), boto(httpsPort));
      return { BOTO_CONFIG: join(dir, 'boto') };
    });
    const { small, large } = rig.files;
    try {
      const headers = ['-h', 'x-goog-meta-name:logo', '-h', 'x-goog-meta-formats:jpg,webp'];
      await rig.run('gsutil', ...headers, 'cp', small.path, 'gs://pictures/a/small.png');
      await rig.run('gsutil', 'cp', large.path, 'gs://pictures/large.png');
      expect(await rig.metadataOf('a/small.png')).toMatchObject({
        contentType: 'image/png',
        metadata: { name: 'logo', formats: 'jpg,webp' },
      });
      const listed = (await rig.run('gsutil', 'ls', '-l', 'gs://pictures/**')).toString();
      expect(listed).toMatch(
        /20000 .* gs:\/\/pictures\/a\/small\.png\n.*9000000 .* gs:\/\/pictures\/large\.png/,
      );
      expect((await rig.run('gsutil', 'stat', 'gs://pictures/a/small.png')).toString()).toMatch(
        /name:\s+logo/,
      );
      const composite = ['threshold', 'component_size'].flatMap((name) => [
        '-o',
        `GSUtil:parallel_composite_upload_${name}=4M`,
      ]);
      await rig.run('gsutil', ...composite, 'cp', '-J', large.path, 'gs://pictures/composed.png');
      expect(await rig.metadataOf('composed.png')).toMatchObject({ size: '9000000', componentCount: 3 });
      await rig.run('gsutil', 'rm', 'gs://pictures/composed.png');
      const read = await rig.run('gsutil', 'cat', 'gs://pictures/large.png');
      expect(read.equals(large.data)).toBe(true);
      await rig.run('gsutil', 'rm', 'gs://pictures/**');
      expect(await rig.metadataOf('large.png')).toMatchObject({ error: { code: 404 } });
    } finally {
      await rig.close();
    }
  },
  180_000,
);
