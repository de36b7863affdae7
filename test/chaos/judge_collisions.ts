import { createObjectStore, type ObjectStore } from '../../cloud/storage.ts';
import { conversionFor } from '../../convert_batch/conversion.ts';
import type { Job } from '../../convert_batch/job.ts';
import type { FailureRecord } from '../../convert_batch/record.ts';
import { createCodecPool } from '../../engine/codec_worker/pool.ts';
import { convert } from '../../engine/convert.ts';
import { defaultLimits } from '../../engine/limits.ts';
import type { LocalCloud } from '../../local/cloud.ts';
import type { Upload } from './collisions.ts';
import { picture } from './sources.ts';

const options = {
  limits: defaultLimits,
  codecs: createCodecPool(),
  fetchImage: () => Promise.reject(new Error('nothing is fetched here')),
};

interface Buckets {
  readonly store: ObjectStore;
  readonly cloud: LocalCloud;
  /** Source, generation and output of every failure record. */
  readonly recorded: ReadonlySet<string>;
}

async function records(store: ObjectStore, bucket: string): Promise<ReadonlySet<string>> {
  const all = new Set<string>();
  for await (const { name } of store.list(bucket, '_failed/')) {
    const { source, output } = JSON.parse(String(await store.read({ bucket, name }))) as FailureRecord;
    all.add(`${source.name} ${source.generation} ${output}`);
  }
  return all;
}

/** The bytes of the job's output; undefined when it does not exist or was made from another source generation. */
async function bytesOf({ store, cloud }: Buckets, job: Job): Promise<Buffer | undefined> {
  const place = { bucket: cloud.buckets.destination, name: job.name };
  const facts = await store.stat(place);
  const { 'source-name': name, 'source-generation': generation } = facts?.metadata ?? {};
  return name === job.source && generation === job.generation ? await store.read(place) : undefined;
}

/** The faults of one source: every picture must exist unchanged, and every missing output must have a record. */
async function faultsOf({ name, index, jobs }: Upload, buckets: Buckets): Promise<readonly string[]> {
  const { store, cloud, recorded } = buckets;
  const data = await picture(index, 0);
  const live = await store.stat({ bucket: cloud.buckets.source, name });
  if (live) {
    const there = await store.read({ bucket: cloud.buckets.source, name });
    if (!there.equals(data)) return [`${name}: its source has other bytes`];
  }
  const faults = await Promise.all(
    jobs.map(async (job) => {
      const there = await bytesOf(buckets, job);
      if (!there) {
        if (!live) return [`${name}: ${job.name} is lost, and so is the source`];
        return recorded.has(`${name} ${job.generation} ${job.name}`)
          ? []
          : [`${name}: ${job.name} is missing without a record`];
      }
      const { data: expected } = await convert(data, conversionFor(job), options);
      return there.equals(expected) ? [] : [`${name}: ${job.name} has wrong bytes`];
    }),
  );
  return faults.flat();
}

/** Every lost picture, and the number of pictures in each bucket. */
export async function judgeCollisions(cloud: LocalCloud, uploads: readonly Upload[]) {
  const store = createObjectStore({ projectId: 'local-dev', endpoint: cloud.urls.storage });
  const recorded = await records(store, cloud.buckets.records);
  const faults: string[] = [];
  let kept = 0;
  for (const upload of uploads) {
    faults.push(...(await faultsOf(upload, { store, cloud, recorded })));
    if (await store.stat({ bucket: cloud.buckets.source, name: upload.name })) kept += 1;
  }
  const sources = uploads.length;
  return { faults, counts: { sources, kept, converted: sources - kept, records: recorded.size } };
}
