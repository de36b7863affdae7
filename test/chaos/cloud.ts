import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type LocalCloud, startLocalCloud } from '../../local/cloud.ts';

export interface FaultyCloudOptions {
  /** The same seed draws the same faults. */
  readonly seed: number;
  /** Further settings of the services. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Faults of storage for the converter's reads and writes, but not for uploads. */
const storageFaults = (seed: number) =>
  [
    { path: '/b/imagetx-dst/', status: 503, probability: 0.04 },
    { path: '/b/imagetx-src/o/.*alt=media', status: 503, probability: 0.04 },
    { path: '/b/imagetx-src/o/.*alt=media', cutResponseAfterBytes: 900, probability: 0.02 },
    { path: '/b/imagetx-dst/', cutResponseAfterBytes: 0, probability: 0.02 },
    { path: '/b/imagetx-records/', status: 503, probability: 0.02 },
  ].map((fault, at) => ({ ...fault, seed: seed + at }));

const startCloud = (dir: string, { seed, env }: FaultyCloudOptions): Promise<LocalCloud> =>
  startLocalCloud({
    dir,
    ports: 'random',
    certificates: path.join(dir, 'certs'),
    isKept: false,
    env: { MAX_ATTEMPTS: '60', LOG_LEVEL: 'warn', CONVERSIONS: '2', ...env },
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

async function kill(cloud: LocalCloud, name: 'converter' | 'fan'): Promise<void> {
  await cloud.services[name].kill('SIGKILL');
  await cloud.services[name].start();
}

/** Kills the converter and Fan, and starts them again. */
export const killBoth = async (cloud: LocalCloud): Promise<void> =>
  void (await Promise.all([kill(cloud, 'converter'), kill(cloud, 'fan')]));

/** Runs the work on a local cloud of its own with faults in storage and events. */
export async function withFaultyCloud<T>(
  options: FaultyCloudOptions,
  work: (cloud: LocalCloud) => Promise<T>,
): Promise<T> {
  const dir = await mkdtemp(path.join(tmpdir(), 'imagetx-chaos-'));
  try {
    const cloud = await startCloud(dir, options);
    cloud.storage.faults.add(...storageFaults(options.seed));
    return await work(cloud).finally(() => cloud.close());
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
