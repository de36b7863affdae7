/** CPU time of the whole service per conversion, in ms, by `npm run bench -- inline-cpu onthefly-cpu` (docs/figures.md). */
export const measured = {
  on: '2026-11-21',
  cpuMs: {
    'JPEG 1920 x 1080 to JPEG, 300 wide': 16.4,
    'JPEG 1920 x 1080 to AVIF, 300 wide': 53.1,
    'JPEG 6 MP to JPEG, 1024 wide (Nextcloud)': 124.5,
    'JPEG 6 MP to WebP, 800 wide': 220.6,
    'PNG 0.8 MP with alpha to JPEG': 31.6,
    'PNG 1 MP to PNG, 400 wide': 48.3,
    'WebP 0.9 MP to JPEG': 47.6,
  },
} as const;

/** Cloud Run, request-based billing, tier 1 regions, US dollars, as listed. Look them up before you rely on them. */
export const prices = {
  of: '2025-01',
  vcpuSecond: 0.000024,
  gibSecond: 0.0000025,
  millionRequests: 0.4,
  /** Cloud Tasks: creating and dispatching a task are two operations. */
  millionTaskOperations: 0.4,
  /** Cloud Storage, standard class: writes and lists; reads of data and metadata. */
  millionWrites: 5,
  millionReads: 0.4,
} as const;

/** What an instance has: see infra/terraform. */
export const instance = { vcpu: 2, gib: 2 } as const;

/** US dollars of Cloud Run for a million conversions of so many ms of CPU: a busy instance also pays for its memory. */
export function perMillion(cpuMs: number): number {
  const instanceSeconds = (cpuMs / 1000 / instance.vcpu) * 1e6;
  const { vcpuSecond, gibSecond, millionRequests } = prices;
  return instanceSeconds * (instance.vcpu * vcpuSecond + instance.gib * gibSecond) + millionRequests;
}

/** Calls of storage for each output: the converter looks, reads and writes; a backfill looks three times before. */
const calls = { reads: 3, writes: 1, lookups: 3 } as const;

/** Most tasks that one queue dispatches in a second. */
export const dispatchesPerQueue = 500;

export interface Estimate {
  readonly outputs: number;
  readonly dollars: number;
  readonly hours: number;
  /** What limits the time. */
  readonly limit: 'rate' | 'queues' | 'instances';
}

export interface Load {
  readonly outputs: number;
  /** CPU time of one conversion. */
  readonly cpuMs: number;
  /** Tasks queued in a second. */
  readonly rate: number;
  readonly queues: number;
  /** Instances of the converter. */
  readonly instances: number;
}

/** Cost and time of a backfill: the slowest of queueing, dispatching and converting decides the time. */
export function estimate({ outputs, cpuMs, rate, queues, instances }: Load): Estimate {
  const { millionTaskOperations, millionWrites, millionReads } = prices;
  const storage = calls.writes * millionWrites + (calls.reads + calls.lookups) * millionReads;
  const dollars = (outputs / 1e6) * (perMillion(cpuMs) + 2 * millionTaskOperations + storage);
  const perSecond = {
    rate,
    queues: queues * dispatchesPerQueue,
    instances: (instances * instance.vcpu * 1000) / cpuMs,
  };
  const names = Object.keys(perSecond) as (keyof typeof perSecond)[];
  const limit = names.reduce((slowest, name) => (perSecond[name] < perSecond[slowest] ? name : slowest));
  return { outputs, dollars, hours: outputs / perSecond[limit] / 3600, limit };
}
