import { Problem } from '../../../common/problem.ts';
import { has } from '../sniff/bytes.ts';
import { checkPixels, type Rewrite } from './rewrite.ts';

/** One axis of the SIZ marker (ITU-T T.800, A.5.1): positions on the reference grid. */
interface Axis {
  readonly end: number;
  readonly start: number;
  readonly tile: number;
  readonly tilesStart: number;
  /** Grid steps from one sample to the next, by component. */
  readonly steps: readonly number[];
}

/** Offsets of the numbers of an axis, from the marker on. */
const fields = { end: 6, start: 14, tile: 22, tilesStart: 30 } as const;
export const componentsAt = 40;

/** The offset of the SIZ marker; undefined if the file has none. */
export function findSiz(data: Buffer): number | undefined {
  const isSiz = (at: number): boolean =>
    has(data, '\xff\x4f\xff\x51', at) && at + 2 + componentsAt <= data.length;
  if (isSiz(0)) return 2;
  for (let at = 0; at + 8 <= data.length; ) {
    const length = data.readUInt32BE(at);
    const head = length === 1 ? 16 : 8;
    if (has(data, 'jp2c', at + 4)) return isSiz(at + head) ? at + head + 2 : undefined;
    if (length < 8) return undefined;
    at += length;
  }
  return undefined;
}

function readAxis(data: Buffer, siz: number, axis: 0 | 1): Axis {
  const number = (at: number): number => data.readUInt32BE(siz + at + 4 * axis);
  const most = Math.floor((data.length - siz - componentsAt) / 3);
  const count = Math.min(data.readUInt16BE(siz + componentsAt - 2), most);
  const steps = Array.from(
    { length: count },
    (_, index) => data[siz + componentsAt + 3 * index + 1 + axis] ?? 0,
  );
  const { end, start, tile, tilesStart } = fields;
  return {
    end: number(end),
    start: number(start),
    tile: number(tile),
    tilesStart: number(tilesStart),
    steps,
  };
}

function writeAxis(data: Buffer, siz: number, axis: 0 | 1, { steps, ...numbers }: Axis): void {
  for (const [name, at] of Object.entries(fields))
    data.writeUInt32BE(numbers[name as keyof typeof fields], siz + at + 4 * axis);
  for (const [index, step] of steps.entries()) data[siz + componentsAt + 3 * index + 1 + axis] = step;
}

const greatestDivisor = (a: number, b: number): number => (b === 0 ? a : greatestDivisor(b, a % b));

const unsupported = (why: string): Problem =>
  new Problem('unsupported_input', `JPEG 2000: expected components that fit each other, got ${why}`);

/** Puts the samples on a grid as coarse as they are. Tiles must keep their places. */
function coarsenGrid(axis: Axis): Axis {
  const by = axis.steps.reduce(greatestDivisor, 0);
  if (by <= 1) return axis;
  const [start, end] = [Math.ceil(axis.start / by), Math.ceil(axis.end / by)];
  const steps = axis.steps.map((step) => step / by);
  if (axis.tilesStart + axis.tile >= axis.end) return { start, end, steps, tilesStart: 0, tile: end };
  if (axis.tile % by > 0 || axis.tilesStart % by > 0) throw unsupported('tiles that cut between samples');
  return { start, end, steps, tilesStart: axis.tilesStart / by, tile: axis.tile / by };
}

/** ImageMagick takes the size from the first component, and finds samples of the others with this arithmetic. */
function checkFit({ start, end, steps }: Axis): void {
  if (steps[0] !== 1) throw unsupported('a first one that is coarser than the others');
  const length = end - start;
  for (const step of steps) {
    const samples = Math.ceil(end / step) - Math.ceil(start / step);
    if (samples !== Math.floor((length + (length % step)) / step))
      throw unsupported('an offset between samples');
  }
}

/** How often the picture can be halved (ITU-T T.800, A.6.1): the decomposition levels of the first COD marker. */
function levelsOf(data: Buffer, siz: number): number {
  const limit = Math.min(data.length, siz + 65_536) - 12;
  for (
    let at = siz;
    at < limit && data[at] === 0xff && data[at + 1] !== 0x90;
    at += 2 + data.readUInt16BE(at + 2)
  )
    if (data[at + 1] === 0x52) return data[at + 9] ?? 0;
  return 0;
}

/** How often the sides can be halved while the longer one keeps enough pixels. */
function countHalvings(
  length: number,
  { leastSide, most }: { readonly leastSide: number; readonly most: number },
): number {
  let count = 0;
  while (count < most && length / 2 ** (count + 1) >= leastSide) count += 1;
  return count;
}

/** Whether ImageMagick finds the samples of all components in smaller copies too. */
const canShrink = ({ start, steps }: Axis): boolean => start === 0 && steps.every((step) => step <= 2);

/**
 * ImageMagick decodes the area from (0, 0) to the size of the first component, on the reference grid. So it needs the
 * area of a picture that begins elsewhere, and a grid on which the samples of the picture are neighbours.
 */
export const rewriteJp2: Rewrite = (data, { maxPixels, leastSide }) => {
  const siz = findSiz(data);
  if (siz === undefined) return { data };
  const [across, down] = [coarsenGrid(readAxis(data, siz, 0)), coarsenGrid(readAxis(data, siz, 1))];
  checkFit(across);
  checkFit(down);
  const rewritten = Buffer.from(data);
  writeAxis(rewritten, siz, 0, across);
  writeAxis(rewritten, siz, 1, down);
  const [width, height] = [across.end - across.start, down.end - down.start];
  checkPixels(width, height, maxPixels);
  // The container says the size too (ITU-T T.800, I.5.3.1), and must say the same.
  const ihdr = rewritten.subarray(0, siz).indexOf('ihdr');
  if (ihdr >= 0) rewritten.writeUInt32BE(height, ihdr + 4);
  if (ihdr >= 0) rewritten.writeUInt32BE(width, ihdr + 8);
  const extract = `${width}x${height}+${across.start}+${down.start}`;
  if (leastSide !== undefined && canShrink(across) && canShrink(down)) {
    const reduce = countHalvings(Math.max(width, height), { leastSide, most: levelsOf(data, siz) });
    if (reduce > 0) return { data: rewritten, extract, reduce, whole: { width, height } };
  }
  return across.start === 0 && down.start === 0 ? { data: rewritten } : { data: rewritten, extract };
};
