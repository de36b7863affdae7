import { createObjectStore } from '../../cloud/storage.ts';
import { readConfig } from '../../common/fields/config.ts';
import { fanFields } from '../../convert_batch/gcf/config.ts';
import type { Job } from '../../convert_batch/job.ts';
import { jobsFor } from '../../convert_batch/plan.ts';
import type { LocalCloud } from '../../local/cloud.ts';
import { names } from '../../local/environment.ts';
import { seeded } from '../../local/kit/seeded.ts';
import { killBoth, withFaultyCloud } from './cloud.ts';
import { judgeCollisions } from './judge_collisions.ts';
import { picture } from './sources.ts';

export interface CollisionOptions {
  readonly sources: number;
  readonly seed: number;
  readonly kills: number;
  readonly onStep?: (line: string) => void;
}

/** The last upload of a source, and its jobs. */
export interface Upload {
  readonly name: string;
  readonly index: number;
  readonly jobs: readonly Job[];
}

type Metadata = Readonly<Record<string, string>>;

const endings = ['png', 'gif', 'jpg', 'PNG', 'tiff', 'webp', 'bmp'];
const formats = 'png,webp';

/** The settings by which Fan plans. */
const settings = readConfig(fanFields, {
  ...{ PROJECT_ID: names.project, LOCATION: names.location, RUN_URL: 'http://run', SERVICE_ACCOUNT: 'a' },
  ...{ SRC_BUCKET_NAME: names.buckets.source, DEST_BUCKET_NAME: names.buckets.destination },
});

/** A random name and metadata. Most collide with others by default name, given name or width; dotted names do not. */
function drawUpload(
  random: () => number,
  { sources }: CollisionOptions,
): { name: string; metadata: Metadata } {
  const stem = `chaos/${Math.floor((random() * sources) / 4)}`;
  const ending = endings[Math.floor(random() * endings.length)];
  const kind = random();
  if (kind < 0.5) return { name: `${stem}.${ending}`, metadata: { formats } };
  if (kind < 0.6) return { name: `${stem}-24w.${ending}`, metadata: { formats } };
  if (kind < 0.7) return { name: `${stem}.${ending}`, metadata: { formats, sizes: '24' } };
  if (kind < 0.85) return { name: `${stem}.given.${ending}`, metadata: { formats, name: stem } };
  return { name: `${stem}.10.30.${Math.floor(random() * 60)}`, metadata: { formats } };
}

async function uploadAll(
  cloud: LocalCloud,
  options: CollisionOptions,
  onUpload: (done: number) => Promise<void>,
): Promise<readonly Upload[]> {
  const store = createObjectStore({ projectId: names.project, endpoint: cloud.urls.storage });
  const random = seeded(options.seed);
  const latest = new Map<string, Upload>();
  for (let index = 0; latest.size < options.sources; index += 1) {
    const { name, metadata } = drawUpload(random, options);
    const data = await picture(index, 0);
    const bucket = cloud.buckets.source;
    const generation = await store.write({ bucket, name, data, contentType: 'image/png', metadata });
    const { jobs } = jobsFor({ bucket, name, generation, bytes: data.length, metadata }, settings);
    latest.set(name, { name, index, jobs });
    await onUpload(latest.size);
  }
  return [...latest.values()];
}

/**
 * Converts sources with colliding names, and deletes them, under faults and kills. Afterwards every picture must be in the
 * source bucket, or all of its outputs in the destination bucket.
 */
export function runCollisions(options: CollisionOptions) {
  const { sources, kills, seed, onStep = () => {} } = options;
  return withFaultyCloud({ seed, env: { DELETE_SOURCE: 'true' } }, async (cloud) => {
    const began = performance.now();
    const every = Math.max(1, Math.floor(sources / (kills + 1)));
    let killedAt = 0;
    const uploads = await uploadAll(cloud, options, async (done) => {
      if (done - killedAt < every || done >= sources) return;
      killedAt = done;
      onStep(`${done} sources uploaded: killing the converter and Fan`);
      await killBoth(cloud);
    });
    onStep('all uploaded: one more kill, then the rest without kills');
    await killBoth(cloud);
    await cloud.idle();
    const seconds = Math.round((performance.now() - began) / 1000);
    cloud.storage.faults.clear();
    const { faults, counts } = await judgeCollisions(cloud, uploads);
    return {
      faults,
      figures: { ...counts, seconds, events: cloud.events.stats(), tasks: cloud.tasks.stats() },
    };
  });
}
