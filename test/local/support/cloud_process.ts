import { fileURLToPath } from 'node:url';
import { startLocalCloud } from '../../../local/cloud.ts';

// A local cloud in a process of its own, to be killed: prints the ports of its services when they run.
const entry = (name: string) => fileURLToPath(new URL(`entries/${name}.ts`, import.meta.url));
const dir = process.argv[2] ?? '';
const entries = { inline: entry('inline'), converter: entry('converter'), fan: entry('fan') };
const cloud = await startLocalCloud({
  dir,
  ports: 'random',
  certificates: `${dir}/certs`,
  entries,
  isKept: true,
});
const { inline, converter, fan } = cloud.ports;
process.stdout.write(`${JSON.stringify([inline, converter, fan])}\n`);
