/** The upper bound of the batch door: every output of every picture with sharp alone, two at a time. */
import sharp from 'sharp';
import { pictures } from '../pictures.ts';

sharp.concurrency(1);
sharp.cache(false);

const outputs = [
  (input: Buffer) =>
    sharp(input).autoOrient().flatten({ background: '#fff' }).jpeg({ quality: 80 }).toBuffer(),
  (input: Buffer) => sharp(input).autoOrient().webp({ quality: 80 }).toBuffer(),
];

interface Order {
  readonly distinct: number;
  readonly count: number;
}

async function run({ distinct, count }: Order): Promise<{ ms: number; cpuMs: number }> {
  const all = await pictures('png', distinct);
  const jobs = Array.from({ length: count }, (_, at) => all[at % all.length] ?? Buffer.alloc(0)).flatMap(
    (input) => outputs.map((make) => () => make(input)),
  );
  const before = process.cpuUsage();
  const began = performance.now();
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let job = jobs[next++]; job !== undefined; job = jobs[next++]) await job();
  };
  await Promise.all([worker(), worker()]);
  const { user, system } = process.cpuUsage(before);
  return { ms: performance.now() - began, cpuMs: (user + system) / 1000 };
}

process.on('message', async (message) => {
  if (message !== 'usage') process.send?.(await run(message as Order));
});
