/** `npm run chaos [-- SOURCES [SEED]]`: the large fault campaign; prints its figures, exit status 1 when anything is wrong. */
import { runCampaign } from './campaign.ts';

const [sources = '1000', seed = '1'] = process.argv.slice(2);
const { verdict, figures } = await runCampaign({
  sources: Number(sources),
  formats: ['jpg', 'png', 'webp'],
  seed: Number(seed),
  kills: 10,
  onStep: (line) => console.log(line),
});
console.log(JSON.stringify({ seed: Number(seed), ...figures }, null, 2));
for (const fault of verdict.faults) console.log(`WRONG  ${fault}`);
console.log(
  verdict.faults.length === 0
    ? 'every source has exactly its newest outputs or a record'
    : `${verdict.faults.length} wrong`,
);
process.exitCode = verdict.faults.length === 0 ? 0 : 1;
