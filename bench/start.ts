/**
 * `npm run bench:start`: time from spawning the inline service until it listens and until its first picture: from
 * source, as the bundle, and as the bundle with V8's compile cache, compared with a script that only resizes once.
 */
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { photograph } from './pictures.ts';
import { type Goal, holds, median, report } from './report.ts';
import { type Started, startScript, startService } from './started.ts';

const rounds = Number(process.env.ROUNDS ?? 21);
const root = path.join(import.meta.dirname, '..');

const folder = await mkdtemp(path.join(tmpdir(), 'imagetx-start-'));
const file = path.join(folder, 'picture.jpg');
// A typical photograph of the web: 1920 x 1080, a quarter of a megabyte.
const picture = await (await photograph(1920, 1080, 1)).jpeg({ quality: 80 }).toBuffer();
await writeFile(file, picture);
execFileSync(process.execPath, ['build/main.ts'], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });

const bundle = path.join(root, 'dist/imagetx/main.cjs');
const noCache = { NODE_DISABLE_COMPILE_CACHE: '1' };
const cache = { NODE_COMPILE_CACHE: path.join(folder, 'compile-cache') };
const contenders: Readonly<Record<string, () => Promise<Started>>> = {
  'bare node': () => startScript(['-e', "process.stdout.write('started')"]),
  'sharp script': () => startScript([path.join(import.meta.dirname, 'peers/resize_once.mjs'), file]),
  source: () => startService([path.join(root, 'convert_stream/main.ts')], picture, noCache),
  bundle: () => startService([bundle], picture, noCache),
  'bundle, compile cache': () => startService([bundle], picture, cache),
};

const times = Object.fromEntries(Object.keys(contenders).map((name) => [name, [] as Started[]]));
// The first round warms the disk cache and the compile cache; it is not counted.
for (let round = 0; round <= rounds; round += 1) {
  for (const [name, start] of Object.entries(contenders)) {
    const started = await start();
    if (round > 0) times[name]?.push(started);
  }
}
await rm(folder, { recursive: true });

const middle = (name: string, key: keyof Started): number =>
  median((times[name] ?? []).map((started) => started[key]));
const bare = middle('bare node', 'firstMs');
const first = (name: string): number => middle(name, 'firstMs') - bare;
const targets: readonly Goal[] = [
  {
    what: 'first picture of the bundled inline service (with its compile cache), times that of a bare script with sharp',
    value: first('bundle, compile cache') / first('sharp script'),
    bound: 1.25,
    is: 'at most',
  },
];
const rows = Object.keys(contenders)
  .filter((name) => name !== 'bare node')
  .map((name) => ({
    'less bare node': name,
    'listening ms': name === 'sharp script' ? '' : middle(name, 'listeningMs') - bare,
    'first picture ms': first(name),
    ratio: first(name) / first('sharp script'),
  }));
console.log(`bare node starts in ${bare.toFixed(0)} ms; medians of ${rounds} starts, in turn`);
await report({ name: 'start', rows, targets });
process.exitCode = targets.every(holds) ? 0 : 1;
