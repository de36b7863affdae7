/**
 * `npm run corpora -- DIR [--out FOLDER] [--formats tga,jp2] [--above 4]`: compares the engine with every other
 * decoder that is installed, over a folder of pictures. Writes table.tsv and contact sheets of the outliers.
 */
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createCodecPool } from '../../engine/codec_worker/pool.ts';
import { type Examined, examine } from './examine.ts';
import { findPeers } from './peers.ts';
import { isOutlier, judgeRow, tableOf } from './rows.ts';
import { contactSheets } from './sheet.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    out: { type: 'string', default: '.local/corpora' },
    formats: { type: 'string' },
    above: { type: 'string', default: '4' },
  },
});
const [folder] = positionals;
const above = Number(values.above);
if (folder === undefined || positionals.length > 1 || !(above > 0)) {
  console.error('usage: npm run corpora -- DIR [--out FOLDER] [--formats tga,jp2] [--above 4]');
  process.exit(2);
}

async function filesIn(path: string): Promise<readonly string[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.map(({ parentPath, name }) => join(parentPath, name)).sort();
}

const { installed, missing } = await findPeers();
const codecs = createCodecPool();
const scratch = await mkdtemp(join(tmpdir(), 'corpora-'));
const formats = values.formats ? { formats: values.formats.split(',') } : {};

const all: Examined[] = [];
for (const file of await filesIn(folder)) {
  const one = await examine(file, { codecs, peers: installed, scratch, ...formats });
  if (one === undefined) continue;
  // Pictures that agree would only fill the memory.
  all.push(isOutlier(one.row, above) ? one : { ...one, line: { label: '', pictures: [] } });
  process.stderr.write(`${judgeRow(one.row, above)}: ${file}\n`);
}
await Promise.all([codecs.close(), rm(scratch, { recursive: true })]);

const rows = all.map(({ row }) => row);
const names = installed.map(({ name }) => name);
const outliers = all.filter(({ row }) => isOutlier(row, above)).map(({ line }) => line);
const sheets = await contactSheets(['ours', ...names].join(', '), outliers);
await mkdir(values.out, { recursive: true });
await writeFile(join(values.out, 'table.tsv'), tableOf(rows, names, above));
for (const [index, sheet] of sheets.entries()) {
  await writeFile(join(values.out, `sheet-${String(index).padStart(3, '0')}.png`), sheet);
}

for (const [verdict, { length }] of Map.groupBy(rows, (row) => judgeRow(row, above))) {
  console.log(`${length} ${verdict}`);
}
if (missing.length > 0) console.log(`not installed: ${missing.join(', ')}`);
console.log(
  `${outliers.length} outliers on ${sheets.length} contact sheets; ${join(values.out, 'table.tsv')}`,
);
