import { createObjectStore } from '../../cloud/storage.ts';
import type { LocalCloud } from '../../local/cloud.ts';
import { seeded } from '../../local/kit/seeded.ts';
import { killBoth, withFaultyCloud } from './cloud.ts';
import { type Figures, judge, type Verdict } from './judge.ts';
import { picture } from './sources.ts';

export interface CampaignOptions {
  readonly sources: number;
  readonly formats: readonly string[];
  /** The same seed makes the same sources and draws the same faults. */
  readonly seed: number;
  /** How often the converter and Fan are each killed with SIGKILL. */
  readonly kills: number;
  readonly onStep?: (line: string) => void;
}

/** The last uploaded version of a source. */
export interface Uploaded {
  readonly name: string;
  readonly version: number;
  readonly generation: string;
  readonly isBroken: boolean;
}

const share = { broken: 0.04, overwritten: 0.15, mended: 0.5 };

/** Uploads every source, some twice, in random order. */
async function uploadAll(
  cloud: LocalCloud,
  { sources, formats, seed }: CampaignOptions,
  onUpload: (done: number) => Promise<void>,
) {
  const store = createObjectStore({ projectId: 'local-dev', endpoint: cloud.urls.storage });
  const random = seeded(seed);
  const latest = new Map<string, Uploaded>();

  const upload = async (index: number, version: number, isBroken: boolean): Promise<void> => {
    const name = `chaos/${index}.png`;
    const data = isBroken ? Buffer.from(`no picture: ${index}`) : await picture(index, version);
    const metadata = { formats: formats.join(','), name: `chaos/${index}` };
    const generation = await store.write({
      bucket: cloud.buckets.source,
      name,
      data,
      contentType: 'image/png',
      metadata,
    });
    latest.set(name, { name, version, generation, isBroken });
  };

  let done = 0;
  for (let index = 0; index < sources; index += 1) {
    await upload(index, 0, random() < share.broken);
    if (random() < share.overwritten) {
      const earlier = Math.floor(random() * (index + 1));
      const { version = 0, isBroken = false } = latest.get(`chaos/${earlier}.png`) ?? {};
      await upload(earlier, version + 1, isBroken && random() > share.mended);
    }
    done += 1;
    await onUpload(done);
  }
  return [...latest.values()];
}

/** Runs the whole campaign on a local cloud of its own. */
export function runCampaign(options: CampaignOptions): Promise<{ verdict: Verdict; figures: Figures }> {
  const { sources, kills, seed, onStep = () => {} } = options;
  return withFaultyCloud({ seed }, async (cloud) => {
    const began = performance.now();
    const every = Math.max(1, Math.floor(sources / (kills + 1)));
    const latest = await uploadAll(cloud, options, async (done) => {
      cloud.oidc.switches.stripSignatures = done % 10 < 2;
      if (done % every !== 0 || done >= sources) return;
      onStep(`${done} sources uploaded: killing the converter and Fan`);
      await killBoth(cloud);
    });
    cloud.oidc.switches.stripSignatures = false;
    onStep('all uploaded: one more kill, then the rest without kills');
    await killBoth(cloud);
    await cloud.idle();
    const seconds = (performance.now() - began) / 1000;
    cloud.storage.faults.clear();
    const verdict = await judge(cloud, latest, options);
    const figures = {
      ...verdict.counts,
      seconds,
      events: cloud.events.stats(),
      tasks: cloud.tasks.stats(),
    };
    return { verdict, figures };
  });
}
