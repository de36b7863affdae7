import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Storage } from '@google-cloud/storage';
import { type LocalCloud, startLocalCloud } from '../../../local/cloud.ts';
import type { CloudOptions } from '../../../local/options.ts';
import { inFolder } from '../../support/folder.ts';

const entry = (name: string) => fileURLToPath(new URL(`entries/${name}.ts`, import.meta.url));
const entries = { inline: entry('inline'), converter: entry('converter'), fan: entry('fan') };

/** A local cloud on random ports in a folder of its own, with small programs in the place of our services. */
export async function withCloud(options: Partial<CloudOptions>, work: (cloud: LocalCloud) => Promise<void>) {
  await inFolder(async (dir) => {
    const certificates = join(dir, 'certs');
    const cloud = await startLocalCloud({ dir, ports: 'random', entries, certificates, ...options });
    try {
      await work(cloud);
    } finally {
      await cloud.close();
    }
  });
}

/** The real storage client; one upload without a precondition turns its retries off. */
export function bucketOf(cloud: LocalCloud, bucket: keyof LocalCloud['buckets']) {
  return new Storage({ apiEndpoint: cloud.urls.storage, projectId: 'local-dev' }).bucket(
    cloud.buckets[bucket],
  );
}

export function uploadTo(cloud: LocalCloud, name: string, metadata: Record<string, string>) {
  const file = bucketOf(cloud, 'source').file(name);
  return file.save(`bytes of ${name}`, { resumable: false, metadata: { metadata } });
}
