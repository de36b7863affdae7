import { createObjectStore } from '../../cloud/storage.ts';
import { conversionFor } from '../../convert_batch/conversion.ts';
import { createCodecPool } from '../../engine/codec_worker/pool.ts';
import { convert } from '../../engine/convert.ts';
import { defaultLimits } from '../../engine/limits.ts';
import type { LocalCloud } from '../../local/cloud.ts';
import type { CampaignOptions, Uploaded } from './campaign.ts';
import { picture } from './sources.ts';

export interface Verdict {
  /** Every difference between the buckets and their expected content. */
  readonly faults: readonly string[];
  readonly counts: { readonly sources: number; readonly outputs: number; readonly records: number };
}

export interface Figures {
  readonly sources: number;
  readonly outputs: number;
  readonly records: number;
  readonly seconds: number;
  readonly events: unknown;
  readonly tasks: unknown;
}

const options = {
  limits: defaultLimits,
  codecs: createCodecPool(),
  fetchImage: () => Promise.reject(new Error('nothing is fetched here')),
};

async function expectedBytes({ name, version }: Uploaded, format: string): Promise<Buffer> {
  const index = Number(/\d+/.exec(name)?.[0]);
  return (
    await convert(await picture(index, version), conversionFor({ format, params: '', fault: '' }), options)
  ).data;
}

/** Compares the buckets with the outputs that the last upload of every source requests. */
export async function judge(
  cloud: LocalCloud,
  latest: readonly Uploaded[],
  { formats }: CampaignOptions,
): Promise<Verdict> {
  const store = createObjectStore({ projectId: 'local-dev', endpoint: cloud.urls.storage });
  const names = async (bucket: string): Promise<Set<string>> => {
    const all = new Set<string>();
    for await (const { name } of store.list(bucket, '')) all.add(name);
    return all;
  };
  const outputs = await names(cloud.buckets.destination);
  const records = await names(cloud.buckets.records);
  const counts = { sources: latest.length, outputs: outputs.size, records: records.size };
  const faults: string[] = [];

  const judgeOutput = async (source: Uploaded, format: string): Promise<void> => {
    const name = source.name.replace(/png$/, format);
    const record = `_failed/${name}.json`;
    const isThere = outputs.delete(name);
    const isRecorded = records.delete(record);
    if (source.isBroken) {
      if (!isRecorded) faults.push(`${name}: its source is broken, but it has no record`);
      const facts = isThere ? await store.stat({ bucket: cloud.buckets.destination, name }) : undefined;
      if (facts?.metadata['source-generation'] === source.generation)
        faults.push(`${name}: made from a broken source`);
      return;
    }
    if (isRecorded) faults.push(`${name}: recorded as failed`);
    if (!isThere) return void faults.push(`${name}: lost`);
    const facts = await store.stat({ bucket: cloud.buckets.destination, name });
    if (facts?.metadata['source-generation'] !== source.generation) faults.push(`${name}: stale`);
    const there = await store.read({ bucket: cloud.buckets.destination, name });
    if (!there.equals(await expectedBytes(source, format))) faults.push(`${name}: wrong bytes`);
  };

  for (const source of latest) {
    for (const format of formats) await judgeOutput(source, format);
  }
  for (const name of [...outputs, ...records]) faults.push(`${name}: was not requested`);
  return { faults, counts };
}
