/** Draws a live view of so many outputs for a while, as a command does: for a terminal to be looked at. */
import { setTimeout as sleep } from 'node:timers/promises';
import { makeOutcome } from '../../../cli/outputs/outcome.ts';
import { createLiveReport } from '../../../cli/report/live.ts';

const names = Array.from({ length: Number(process.argv[2]) }, (_, index) => `${index}.png`);
const out = (text: string): void => void process.stdout.write(`${text}\n`);
const report = createLiveReport({ env: {}, out, err: out }, process.stdout);
report.expect(names);
for (const name of names) {
  await sleep(100);
  report.finish(makeOutcome(name, 'done', { url: `https://c/${name}`, bytes: 1 }));
}
report.end();
