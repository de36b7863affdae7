import { Problem } from '../../../common/problem.ts';
import { checkPixels } from '../../formats/rewrites/rewrite.ts';
import type { Message } from '../message.ts';
import type { CodecTask } from '../task.ts';
import { blocksOf } from './blocks.ts';
import { type ColourChannels, hasColour, pictureOf } from './channels.ts';
import { type Exr, exrHeader, type Part } from './header.ts';
import { halves, luminanceWeights, opacityOf, shadeOf } from './light.ts';
import { asTheyAre, type SampleStore, samples, storeBlock } from './samples.ts';
import { compressions } from './unpack.ts';

const corrupt = (reason: string, cause?: unknown): Problem =>
  new Problem('corrupt_image', `Cannot decode image: EXR ${reason}`, { cause });

interface Picture {
  readonly part: Part;
  readonly index: number;
  readonly shown: ColourChannels;
  /** Samples of an output pixel: red, green and blue, and opacity if the file has it. */
  readonly values: 3 | 4;
}

/** Chooses the first part with colours. @throws Problem if no part has colours. */
function choosePicture({ parts }: Exr): Picture {
  const pictures = parts.flatMap((part, index) => {
    const shown = part.isDeep ? undefined : pictureOf(part);
    return shown ? [{ part, index, shown, values: 'A' in shown ? (4 as const) : (3 as const) }] : [];
  });
  const picture = pictures.find(({ shown }) => hasColour(shown)) ?? pictures[0];
  if (picture) return picture;
  if (parts.some(({ isDeep }) => isDeep))
    throw corrupt('is a deep picture, which has any number of samples a pixel');
  const names = parts.flatMap(({ channels }) => channels.map(({ name }) => name));
  throw corrupt(`has no colours: expected channels R, G, B or Y, got ${names.slice(0, 8).join(', ')}`);
}

/** Decodes all blocks of a picture into its stores. */
function fill(
  input: Buffer,
  file: Exr,
  { part, index }: Picture,
  stores: ReadonlyMap<number, SampleStore>,
): void {
  for (const block of blocksOf(input, file, index)) storeBlock(block, part, stores);
}

const shadeOfHalf = Uint8Array.from(halves, shadeOf);
const opacityOfHalf = Uint8Array.from(halves, opacityOf);
const light = { value: shadeOf, half: shadeOfHalf };
const opacity = { value: opacityOf, half: opacityOfHalf };

/** Offsets of channels in an output pixel. Luminance alone is grey. */
const offsetsInPixel: Readonly<Record<string, number>> = { R: 0, G: 1, B: 2, A: 3, Y: 0 };

const isGrey = (shown: ColourChannels): boolean =>
  !['R', 'G', 'B'].some((name) => name in shown) && 'Y' in shown;

function readPlain(input: Buffer, file: Exr, picture: Picture): Buffer {
  const { part, shown, values } = picture;
  const { width, height } = part.data;
  const to = Buffer.alloc(width * height * values);
  const used = Object.entries(shown).filter(
    ([name]) => name in offsetsInPixel && (name !== 'Y' || isGrey(shown)),
  );
  const stores = used.map(([name, index]) => {
    const start = offsetsInPixel[name] ?? 0;
    return [
      index,
      { to, start, step: values, stride: width * values, ...(name === 'A' ? opacity : light) },
    ] as const;
  });
  fill(input, file, picture, new Map(stores));
  if (isGrey(shown)) for (let at = 0; at < to.length; at += values) to.fill(to[at] ?? 0, at + 1, at + 3);
  return to;
}

type Plane = (x: number, y: number) => number;
const none: Plane = () => 0;

/** Interpolates between the samples of a channel that has fewer samples than pixels. */
function interpolate(
  store: Float32Array,
  [width, height]: readonly [number, number],
  [every, first]: readonly [number, number][],
): Plane {
  const [stepX = 1, firstX = 0] = every ?? [];
  const [stepY = 1, firstY = 0] = first ?? [];
  return (x, y) => {
    const across = Math.min(width - 1, Math.max(0, (x - firstX) / stepX));
    const down = Math.min(height - 1, Math.max(0, (y - firstY) / stepY));
    const [left, top] = [Math.floor(across), Math.floor(down)];
    const [right, bottom] = [Math.min(width - 1, left + 1), Math.min(height - 1, top + 1)];
    const [shareX, shareY] = [across - left, down - top];
    const at = (column: number, row: number): number => store[row * width + column] ?? 0;
    const upper = at(left, top) * (1 - shareX) + at(right, top) * shareX;
    return upper * (1 - shareY) + (at(left, bottom) * (1 - shareX) + at(right, bottom) * shareX) * shareY;
  };
}

/** Reads channels with fewer samples than pixels, and colours stored as differences from luminance. */
function readMixed(input: Buffer, file: Exr, picture: Picture): Buffer {
  const { part, shown, values } = picture;
  const { left, top, width, height } = part.data;
  const stores = new Map<number, SampleStore>();
  const planes = Object.entries(shown).map(([name, index]) => {
    const { x, y } = part.channels[index]?.every ?? { x: 1, y: 1 };
    const sides = [samples(left, width, x), samples(top, height, y)] as const;
    const to = new Float32Array(Math.max(0, sides[0] * sides[1]));
    stores.set(index, { to, start: 0, step: 1, stride: sides[0], ...asTheyAre });
    const offsets = [
      [x, Math.ceil(left / x) * x - left],
      [y, Math.ceil(top / y) * y - top],
    ] as [number, number][];
    return [name, interpolate(to, sides, offsets)] as const;
  });
  fill(input, file, picture, stores);
  const { Y = none, RY = none, BY = none, R = none, G = none, B = none, A } = Object.fromEntries(planes);
  const weights = luminanceWeights(part.chromaticities);
  const colours = (x: number, y: number): readonly number[] => {
    const luminance = Y(x, y);
    const [red, blue] = [(RY(x, y) + 1) * luminance, (BY(x, y) + 1) * luminance];
    return [red, (luminance - red * weights[0] - blue * weights[2]) / weights[1], blue];
  };
  const isLuminance = isGrey(shown);
  const whole = Buffer.alloc(width * height * values);
  for (let y = 0, at = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1, at += values) {
      const [red = 0, green = 0, blue = 0] = isLuminance ? colours(x, y) : [R(x, y), G(x, y), B(x, y)];
      whole[at] = shadeOf(red);
      whole[at + 1] = shadeOf(green);
      whole[at + 2] = shadeOf(blue);
      if (A) whole[at + 3] = opacityOf(A(x, y));
    }
  return whole;
}

function decodeExr({ details, data }: Message): Message {
  const file = exrHeader(data);
  const picture = choosePicture(file);
  const { width, height } = picture.part.data;
  checkPixels(width, height, Number(details.maxPixels));
  if (compressions[picture.part.compression] === undefined) return leaveToMagick(file, picture);
  const isMixed = Object.entries(picture.shown).some(
    ([name, index]) => ['RY', 'BY'].includes(name) || picture.part.channels[index]?.every.x !== 1,
  );
  const made = isMixed ? readMixed(data, file, picture) : readPlain(data, file, picture);
  return { details: { width, height, channels: picture.values }, data: made };
}

const plainNames = ['A,B,G,R', 'B,G,R', 'Y'];

/** Leaves other compressions to ImageMagick, which reads them only in pictures of plain channels. */
function leaveToMagick({ parts }: Exr, { part }: Picture): Message {
  const names = part.channels.map(({ name }) => name).join();
  if (parts.length > 1 || !plainNames.includes(names))
    throw corrupt(`has channels ${names.slice(0, 80)} in a compression that is read for R, G, B and A alone`);
  return { details: { isOther: true }, data: Buffer.alloc(0) };
}

/** Decodes OpenEXR to raw pixels. `details`: maxPixels. The answer has `isOther` if ImageMagick has to read the file. */
export const readExr: CodecTask = async (request) => {
  try {
    return decodeExr(request);
  } catch (cause) {
    if (cause instanceof Problem) throw cause;
    throw corrupt('is damaged', cause);
  }
};
