/** `npm run bench [-- SECTION...]`: runs the given sections, or all. Prints tables, writes bench/results/*.json. */
import { tuneGcForThroughput } from '../common/gc.ts';
import { batch } from './batch.ts';
import { drawings } from './drawings.ts';
import { encoders } from './encoders.ts';
import { formatEngines } from './formats.ts';
import { inlineCpu, inlineLoad } from './inline.ts';
import { largeFiles } from './large.ts';
import { ontheflyCpu, ontheflyLoad, peer } from './onthefly.ts';
import { comparePeers } from './peers.ts';
import { holds, report, type Section } from './report.ts';
import { keptResults } from './results.ts';
import { scale } from './scale.ts';
import { soak } from './soak.ts';
import { telemetryCost } from './telemetry.ts';

// The local cloud runs in this process, as with `npm start`.
tuneGcForThroughput();

const { PEER_URL } = process.env;

const sections: Readonly<Record<string, () => Promise<Section>>> = {
  batch,
  drawings,
  encoders,
  formats: formatEngines,
  'inline-cpu': inlineCpu,
  'inline-load': inlineLoad,
  large: largeFiles,
  'onthefly-cpu': ontheflyCpu,
  'onthefly-load': ontheflyLoad,
  peers: comparePeers,
  scale,
  results: keptResults,
  soak,
  telemetry: telemetryCost,
  ...(PEER_URL ? { 'onthefly-peer': () => peer(PEER_URL) } : {}),
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in sections));
if (unknown.length > 0) {
  console.error(`no section ${unknown.join(', ')}; there are ${Object.keys(sections).join(', ')}`);
  process.exit(2);
}

let missed = 0;
for (const [name, run] of Object.entries(sections)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  const section = await run();
  await report(section);
  missed += section.targets.filter((target) => !holds(target)).length;
}
console.log(missed === 0 ? '\nevery target reached' : `\n${missed} targets missed`);
process.exitCode = missed === 0 ? 0 : 1;
