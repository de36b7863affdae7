/** Drawings: CPU of engine and worker together, against sharp alone on the same SVG, in turn. */
import { readdirSync, readFileSync } from 'node:fs';
import sharp from 'sharp';
import { createCodecPool } from '../engine/codec_worker/pool.ts';
import { conversionOf } from '../engine/conversion.ts';
import { convert } from '../engine/convert.ts';
import { defaultLimits } from '../engine/limits.ts';
import type { Params } from '../engine/params.ts';
import { inTurn } from './cpu.ts';
import { cpuMsOf } from './process_cpu.ts';
import { geometricMean, median, type ResultRow, type Section } from './report.ts';

const rounds = 5;
const count = 20;

interface Work {
  readonly name: string;
  readonly svg: Buffer;
  readonly params: Params & { readonly width: number };
  /** Pixels of the drawing's own width. */
  readonly ownWidth: number;
}

/** Overlapping curves on a gradient. */
function shapes(number: number, width: number, height: number): Buffer {
  const curve = (at: number): string =>
    `<path d="M${(at * 7) % width} ${(at * 13) % height}C${(at * 3) % width} ${(at * 5) % height} ${(at * 11) % width} ${(at * 17) % height} ${(at * 19) % width} ${(at * 23) % height}z" fill="#${((at * 977) % 4096).toString(16).padStart(3, '0')}" opacity=".6"/>`;
  const ground =
    '<defs><linearGradient id="g"><stop offset="0" stop-color="#f80"/><stop offset="1" stop-color="#08f"/></linearGradient></defs><rect width="100%" height="100%" fill="url(#g)"/>';
  const curves = Array.from({ length: number }, (_, at) => curve(at)).join('');
  return Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${ground}${curves}</svg>`,
  );
}

const icon = Buffer.from(
  '<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24" viewBox="0 0 24 24" fill="none" stroke="#234" stroke-width="2"><path d="M4 4h16v16H4z"/><circle cx="9" cy="9" r="2"/><path d="m21 15-5-5L5 21"/></svg>',
);
const small = shapes(60, 400, 300);
const large = shapes(150, 2000, 1500);

const works: readonly Work[] = [
  { name: 'icon to PNG 64', svg: icon, params: { width: 64, type: 'png' }, ownWidth: 24 },
  { name: '400 x 300 to PNG 300', svg: small, params: { width: 300, type: 'png' }, ownWidth: 400 },
  { name: '400 x 300 to JPEG 300', svg: small, params: { width: 300, type: 'jpeg' }, ownWidth: 400 },
  { name: '2000 x 1500 to PNG 300', svg: large, params: { width: 300, type: 'png' }, ownWidth: 2000 },
  { name: '2000 x 1500 to WebP 1000', svg: large, params: { width: 1000, type: 'webp' }, ownWidth: 2000 },
];

/** The same with sharp alone: it draws at the wanted size, as the engine does. */
function drawAlone({ svg, params: { width, type }, ownWidth }: Work): Promise<Buffer> {
  const image = sharp(svg, { density: (72 * width) / ownWidth }).resize(width);
  if (type === 'jpeg') return image.flatten({ background: '#000' }).jpeg({ quality: 75 }).toBuffer();
  if (type === 'webp') return image.webp({ quality: 75 }).toBuffer();
  return image.png({ compressionLevel: 6, adaptiveFiltering: true }).toBuffer();
}

const parentOf = (pid: string): number => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return 0;
  }
};

/** CPU of this process and of its workers so far, in ms. */
function cpuNow(): number {
  const workers = readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && parentOf(pid) === process.pid);
  const { user, system } = process.cpuUsage();
  return workers.reduce((sum, pid) => sum + (cpuMsOf(Number(pid)) || 0), (user + system) / 1000);
}

async function cpuOf(work: () => Promise<unknown>): Promise<number> {
  const before = cpuNow();
  for (let at = 0; at < count; at += 1) await work();
  return (cpuNow() - before) / count;
}

export async function drawings(): Promise<Section> {
  const codecs = createCodecPool();
  const options = {
    limits: defaultLimits,
    codecs,
    fetchImage: () => Promise.reject(new Error('nothing to fetch')),
  };
  const rows: ResultRow[] = [];
  for (const work of works) {
    const conversion = conversionOf([{ operation: 'resize', params: work.params }], 'onthefly');
    const engine = (): Promise<unknown> => convert(work.svg, conversion, options);
    const alone = (): Promise<unknown> => drawAlone(work);
    await cpuOf(engine);
    await cpuOf(alone);
    const ms = await inTurn(rounds, { engine: () => cpuOf(engine), alone: () => cpuOf(alone) });
    const ratio = median(ms.engine.map((one, at) => one / (ms.alone[at] ?? Number.NaN)));
    rows.push({ work: work.name, 'engine ms': median(ms.engine), 'sharp ms': median(ms.alone), ratio });
  }
  await codecs.close();
  const value = geometricMean(rows.slice(1).map(({ ratio }) => Number(ratio)));
  const what = 'CPU of drawings (without the icon) against sharp alone, geometric mean';
  return { name: 'drawings', rows, targets: [{ what, value, bound: 1.3, is: 'at most' }] };
}
