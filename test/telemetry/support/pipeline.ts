import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Storage } from '@google-cloud/storage';
import { type LocalCloud, startLocalCloud } from '../../../local/cloud.ts';
import type { CloudOptions } from '../../../local/options.ts';
import { inFolder } from '../../support/folder.ts';

export type Pipeline = LocalCloud & {
  /** Stops the services as Cloud Run does, so that they export the rest of their telemetry. */
  readonly ended: () => Promise<void>;
  readonly upload: (
    name: string,
    data: Buffer,
    metadata: Readonly<Record<string, string>>,
  ) => Promise<unknown>;
  /** Sizes of all outputs by name. */
  readonly outputs: () => Promise<Readonly<Record<string, number>>>;
  readonly lines: (service: string) => Promise<readonly Readonly<Record<string, unknown>>[]>;
};

/** Our services on their own local cloud. */
export async function withPipeline(
  options: (dir: string) => Promise<Partial<CloudOptions>>,
  work: (pipeline: Pipeline) => Promise<void>,
): Promise<void> {
  await inFolder(async (dir) => {
    const certificates = join(dir, 'certs');
    const queue = { minBackoffMs: 1, maxBackoffMs: 50 };
    const own = await options(dir);
    const cloud = await startLocalCloud({ dir, ports: 'random', certificates, queue, ...own });
    try {
      await work(pipelineOf(cloud));
    } finally {
      await cloud.close();
    }
  });
}

function pipelineOf(cloud: LocalCloud): Pipeline {
  const storage = new Storage({ apiEndpoint: cloud.urls.storage, projectId: 'local-dev' });
  return {
    ...cloud,
    ended: async () =>
      void (await Promise.all(Object.values(cloud.services).map((service) => service.stop()))),
    upload: (name, data, metadata) =>
      storage
        .bucket(cloud.buckets.source)
        .file(name)
        .save(data, { resumable: false, metadata: { metadata } }),
    outputs: async () => {
      const [files] = await storage.bucket(cloud.buckets.destination).getFiles();
      return Object.fromEntries(files.map(({ name, metadata }) => [name, Number(metadata.size)]));
    },
    lines: async (service) => {
      const text = await readFile(join(cloud.dir, 'logs', `${service}.log`), 'utf8');
      return text.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []));
    },
  };
}
