/** The upper bound: sharp in a loop, two at a time, without a server. A message names the work and the count. */
import sharp from 'sharp';
import { findWorkload } from '../kinds.ts';
import { pictures } from '../pictures.ts';

sharp.concurrency(1);
sharp.cache(false);

interface Order {
  readonly kind: string;
  readonly distinct: number;
  readonly count: number;
}

async function run({ kind: name, distinct, count }: Order): Promise<{ cpuMs: number; ms: number }> {
  const kind = findWorkload(name);
  const all = await pictures(kind.input, distinct);
  const before = process.cpuUsage();
  const began = performance.now();
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) {
      const input = all[next++ % all.length];
      await kind.raw(sharp(input, { failOn: 'none', limitInputPixels: false })).toBuffer();
    }
  };
  await Promise.all([worker(), worker()]);
  const { user, system } = process.cpuUsage(before);
  return { cpuMs: (user + system) / 1000, ms: performance.now() - began };
}

process.on('message', async (message) => {
  if (message !== 'usage') process.send?.(await run(message as Order));
});
