import { createCodecPool } from '../engine/codec_worker/pool.ts';
import { conversionOf } from '../engine/conversion.ts';
import { convert } from '../engine/convert.ts';
import { defaultLimits } from '../engine/limits.ts';
import type { Params } from '../engine/params.ts';
import { pictures } from './pictures.ts';
import { median, type ResultRow, type Section } from './report.ts';

/** One piece of work for each engine and direction, on a picture of one megapixel. */
interface Work {
  readonly engine: string;
  /** The format that the picture is first converted to. Absent: no conversion. */
  readonly from?: Params;
  readonly to: Params;
}

const works: readonly Work[] = [
  { engine: 'sharp', to: { type: 'jpeg' } },
  { engine: 'sharp', to: { type: 'webp' } },
  { engine: 'sharp', to: { type: 'avif' } },
  { engine: 'sharp, quality=auto', to: { type: 'jpeg', quality: -1 } },
  { engine: 'sharp, maxbytes', to: { type: 'webp', maxbytes: 30_000 } },
  { engine: 'ImageMagick', to: { type: 'jxl' } },
  { engine: 'ImageMagick', from: { type: 'jxl' }, to: { type: 'jpeg' } },
  { engine: 'ImageMagick', to: { type: 'jp2' } },
  { engine: 'ImageMagick', from: { type: 'jp2' }, to: { type: 'jpeg' } },
  { engine: 'ImageMagick', to: { type: 'bmp' } },
  { engine: 'ImageMagick', from: { type: 'psd' }, to: { type: 'jpeg' } },
  { engine: 'PDFium', from: { type: 'pdf' }, to: { type: 'jpeg' } },
  { engine: 'VTracer', to: { type: 'svg', svg: 'photo' } },
  { engine: 'own', to: { type: 'pdf' } },
  { engine: 'own', to: { type: 'ico' } },
  { engine: 'own', to: { type: 'apng' } },
  { engine: 'own', to: { type: 'svg', svg: 'wrap' } },
];
const rounds = 5;

const fetchImage = () => Promise.reject(new Error('nothing to fetch'));

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

const name = ({ from, to }: Work): string =>
  `${from?.type ?? 'png'} to ${[to.type, to.svg].filter(Boolean).join(' ')}`;

async function measure(work: Work, picture: Buffer): Promise<ResultRow> {
  const codecs = createCodecPool();
  const run = (input: Buffer, params: Params) =>
    convert(input, conversionOf([{ operation: 'convert', params }], 'inline'), {
      limits: defaultLimits,
      codecs,
      fetchImage,
    });
  const input = work.from ? (await run(picture, work.from)).data : picture;
  await codecs.close();
  const first = await timed(() => run(input, work.to));
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) times.push(await timed(() => run(input, work.to)));
  const { data } = await run(input, work.to);
  await codecs.close();
  return {
    engine: work.engine,
    work: name(work),
    'first ms': first,
    'then ms': median(times),
    'kB out': data.length / 1000,
  };
}

/** Time of each engine for a picture of one megapixel: the first time, including its start, and later. */
export async function formatEngines(): Promise<Section> {
  const [picture = Buffer.alloc(0)] = await pictures('png', 1);
  const rows: ResultRow[] = [];
  for (const work of works) rows.push(await measure(work, picture));
  return { name: 'formats', rows, targets: [] };
}
