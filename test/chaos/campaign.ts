import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createObjectStore } from '../../cloud/storage.ts';
import { type LocalCloud, startLocalCloud } from '../../local/cloud.ts';
import { seeded } from '../../local/seeded.ts';
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

/** What a source holds at the end: the version that was uploaded last. */
export interface Uploaded {
  readonly name: string;
  readonly version: number;
  readonly generation: string;
  readonly isBroken: boolean;
}

const share = { broken: 0.04, overwritten: 0.15, mended: 0.5 };

/** Storage as it is on a bad day: for what the converter reads and writes, not for the uploads themselves. */
const storageFaults = (seed: number) =>
  [
    { path: '/b/imagetx-dst/', status: 503, probability: 0.04 },
    { path: '/b/imagetx-src/o/.*alt=media', status: 503, probability: 0.04 },
    { path: '/b/imagetx-src/o/.*alt=media', cutResponseAfterBytes: 900, probability: 0.02 },
    { path: '/b/imagetx-dst/', cutResponseAfterBytes: 0, probability: 0.02 },
    { path: '/b/imagetx-records/', status: 503, probability: 0.02 },
  ].map((fault, at) => ({ ...fault, seed: seed + at }));

const startCloud = (dir: string, seed: number): Promise<LocalCloud> =>
  startLocalCloud({
    dir,
    ports: 'random',
    certificates: path.join(dir, 'certs'),
    isKept: false,
    env: { MAX_ATTEMPTS: '60', LOG_LEVEL: 'warn', CONVERSIONS: '2' },
    queue: { maxAttempts: 60, maxConcurrentDispatches: 6, minBackoffMs: 50, maxBackoffMs: 400 },
    events: {
      seed,
      switches: {
        copies: [1, 5],
        isShuffled: true,
        delayMs: [0, 300],
        lostAnswers: 0.05,
        lostRequests: 0.05,
      },
      backoff: { minBackoffMs: 50, maxBackoffMs: 500 },
    },
  });

/** Uploads every source, some twice, in a drawn order. */
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

async function kill(cloud: LocalCloud, name: 'converter' | 'fan'): Promise<void> {
  await cloud.services[name].kill('SIGKILL');
  await cloud.services[name].start();
}

/** Runs the whole campaign on a local cloud of its own. */
export async function runCampaign(options: CampaignOptions): Promise<{ verdict: Verdict; figures: Figures }> {
  const { sources, kills, seed, onStep = () => {} } = options;
  const dir = await mkdtemp(path.join(tmpdir(), 'imagetx-chaos-'));
  const cloud = await startCloud(dir, seed);
  const began = performance.now();
  try {
    cloud.storage.faults.add(...storageFaults(seed));
    const every = Math.max(1, Math.floor(sources / (kills + 1)));
    const latest = await uploadAll(cloud, options, async (done) => {
      cloud.oidc.switches.stripSignatures = done % 10 < 2;
      if (done % every !== 0 || done >= sources) return;
      onStep(`${done} sources uploaded: killing the converter and Fan`);
      await Promise.all([kill(cloud, 'converter'), kill(cloud, 'fan')]);
    });
    cloud.oidc.switches.stripSignatures = false;
    onStep('all uploaded: one more kill, then the rest in peace');
    await Promise.all([kill(cloud, 'converter'), kill(cloud, 'fan')]);
    await cloud.idle();
    const seconds = (performance.now() - began) / 1000;
    cloud.storage.faults.clear();
    const verdict = await judge(cloud, latest, options);
    return {
      verdict,
      figures: { ...verdict.counts, seconds, events: cloud.events.stats(), tasks: cloud.tasks.stats() },
    };
  } finally {
    await cloud.close();
    await rm(dir, { recursive: true, force: true });
  }
}
