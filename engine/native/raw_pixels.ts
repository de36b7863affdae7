import { isGrey, type Sharp, sharp } from './sharp.ts';

/** Raw RGBA, eight bits a channel. */
export interface Pixels {
  readonly data: Buffer;
  readonly width: number;
  readonly height: number;
}

/** Renders a pipeline that ends in grey, because a second colour space set on it would undo the first. */
export const renderGrey = async (image: Sharp): Promise<Sharp> =>
  isGrey(image)
    ? sharp(await image.clone().png({ compressionLevel: 0 }).toBuffer(), { limitInputPixels: false })
    : image.clone();

/** Renders a pipeline, in colour or grey, as sRGB with opacity. */
export async function toRgba(image: Sharp): Promise<Pixels> {
  const colour = (await renderGrey(image)).toColourspace('srgb').ensureAlpha();
  const { data, info } = await colour.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

/** Flat artwork has few colours, and most neighbours have the same one. */
const flatness = { maxColours: 64, coverage: 0.95, minSameNeighbours: 0.8 };
/** Pixels that are looked at. */
const samples = 200_000;

/** Whether a picture is artwork in a few flat colours rather than a photograph. */
export function isFlat({ data, width, height }: Pixels): boolean {
  const colours = new Map<number, number>();
  const words = new Uint32Array(data.buffer, data.byteOffset, width * height);
  const step = Math.max(1, Math.floor(words.length / samples));
  let count = 0;
  let same = 0;
  for (let at = 1; at < words.length; at += step) {
    const word = words[at] ?? 0;
    const coarse = word & 0xf0f0f0f0;
    colours.set(coarse, (colours.get(coarse) ?? 0) + 1);
    count += 1;
    if (word === words[at - 1]) same += 1;
  }
  const usual = [...colours.values()].sort((a, b) => b - a).slice(0, flatness.maxColours);
  const covered = usual.reduce((sum, times) => sum + times, 0);
  return covered >= flatness.coverage * count && same >= flatness.minSameNeighbours * count;
}
