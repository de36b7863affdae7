import { expect, test } from '@jest/globals';
import { splitNames } from '../../cli/commands/backfill/split.ts';
import type { ObjectStore } from '../../cloud/storage.ts';

/** A bucket of names: only what the planner asks of it. */
function bucketOf(names: readonly string[]): { store: ObjectStore; source: string } {
  const listFolder: ObjectStore['listFolder'] = async (_bucket, prefix, most) => {
    const entries = new Set<string>();
    for (const name of names) {
      if (!name.startsWith(prefix)) continue;
      const cut = name.indexOf('/', prefix.length);
      entries.add(cut < 0 ? name : name.slice(0, cut + 1));
      if (entries.size > most) return { entries: [...entries].slice(0, most), isComplete: false };
    }
    return { entries: [...entries], isComplete: true };
  };
  return { store: { listFolder } as ObjectStore, source: 'src' };
}

const hex = (at: number): string => ((at * 2654435761) % 2 ** 32).toString(16).padStart(8, '0');

const buckets: readonly (readonly [string, readonly string[]])[] = [
  ['folders in folders', Array.from({ length: 3000 }, (_, at) => `y${at % 4}/m${at % 12}/${at}.png`)],
  ['one folder of random names', Array.from({ length: 6000 }, (_, at) => `all/${hex(at)}.png`)],
  ['names without a folder', Array.from({ length: 300 }, (_, at) => `${at}.png`)],
  ['names beyond ASCII', Array.from({ length: 300 }, (_, at) => `é/${at}-😀.png`)],
];

test.each(buckets)(
  '%s are cut into ranges that hold every name once, none far more than its share',
  async (_what, names) => {
    const ranges = await splitNames('', 4, bucketOf(names));
    const bounds = ranges.map(({ from, to }) => [Buffer.from(from), Buffer.from(to)] as const);
    const sizes = bounds.map(() => 0);
    const strays = names.filter((name) => {
      const bytes = Buffer.from(name);
      const holders = bounds.flatMap(([from, to], at) =>
        bytes.compare(from) >= 0 && (to.length === 0 || bytes.compare(to) < 0) ? [at] : [],
      );
      for (const at of holders) sizes[at] = (sizes[at] ?? 0) + 1;
      return holders.length !== 1;
    });
    expect(strays).toEqual([]);
    expect(ranges.length).toBeGreaterThan(8);
    expect(Math.max(...sizes)).toBeLessThan(names.length / 4);
  },
);

test('an empty bucket is one range', async () => {
  expect(await splitNames('', 4, bucketOf([]))).toEqual([{ from: '', to: '' }]);
});
