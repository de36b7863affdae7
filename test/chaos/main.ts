/**
 * `npm run chaos [-- [--collide] SOURCES [SEED]]`: the large fault campaign, or the one of colliding names; prints its
 * figures, exit status 1 when anything is wrong.
 */
import { parseArgs } from 'node:util';
import { runCampaign } from './campaign.ts';
import { runCollisions } from './collisions.ts';

const { values, positionals } = parseArgs({
  options: { collide: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const [sources = 1000, seed = 1] = positionals.map(Number);
const common = { sources, seed, kills: 10, onStep: (line: string) => console.log(line) };

async function run(): Promise<{ faults: readonly string[]; figures: object; promise: string }> {
  if (values.collide) {
    return {
      ...(await runCollisions(common)),
      promise: 'every picture is in the source or the destination bucket',
    };
  }
  const { verdict, figures } = await runCampaign({ ...common, formats: ['jpg', 'png', 'webp'] });
  return {
    faults: verdict.faults,
    figures,
    promise: 'every source has exactly its newest outputs or a record',
  };
}

const { faults, figures, promise } = await run();
console.log(JSON.stringify({ seed, ...figures }, null, 2));
for (const fault of faults) console.log(`WRONG  ${fault}`);
console.log(faults.length === 0 ? promise : `${faults.length} wrong`);
process.exitCode = faults.length === 0 ? 0 : 1;
