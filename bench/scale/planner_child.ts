/** Plans a backfill of so many names that a synthetic lister makes, and tells names a second and its peak memory. */
import { readFileSync } from 'node:fs';
import { countMissing, type Scan } from '../../cli/commands/backfill/run.ts';
import type { ObjectStore } from '../../cloud/storage.ts';

const count = Number(process.argv[2] ?? 1000);

/** Lists names that nobody has made outputs of. */
const store = {
  stat: async () => undefined,
  async *list(bucket: string) {
    const info = { generation: '1', bytes: 70, metadata: {} };
    for (let at = 0; at < count; at += 1) {
      yield { bucket, name: `tiny/${String(at).padStart(9, '0')}.png`, generation: '1', info };
    }
  },
} as unknown as ObjectStore;

const target = {
  ...{ source: 'src', destination: 'dst', records: 'records', prefix: '', queues: ['q1'], store },
  urlOf: String,
} as unknown as Scan['target'];

const startMs = performance.now();
const counts = await countMissing({
  prefix: '',
  target,
  rules: { DEFAULT_FORMATS: ['webp'] },
  retriesFailed: false,
  show: () => {},
});
const seconds = (performance.now() - startMs) / 1000;
const peak = /VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
process.send?.({ names: counts.objects, ordered: counts.ordered, seconds, peakMb: Number(peak) / 1024 });
process.disconnect?.();
