import type { Colour } from '../../common/colour.ts';
import type { Decode } from '../conversion.ts';
import { hasColours, recolourEffects } from '../effects/index.ts';
import { readOptions, type Source } from '../header/inspect.ts';
import type { OutputMetadata } from '../metadata/metadata.ts';
import { sharp } from '../native/sharp.ts';
import type { Transform } from '../transform/transform.ts';
import { isSrgb, type RgbSpace, readRgbSpace, recolour, srgb } from './rgb_space.ts';

/** The colour spaces of the pixels during the passes; undefined is sRGB. */
export interface Working {
  readonly first?: RgbSpace;
  readonly later?: RgbSpace;
  /** Pixels of the first pass are Display P3 and become sRGB at its end. */
  readonly fromP3?: true;
}

/** The space that sharp converts pixels of sixteen bits with a profile to. */
async function displayP3(): Promise<RgbSpace | undefined> {
  const pixel = sharp({ create: { width: 1, height: 1, channels: 3, background: 'black' } });
  const { icc } = await sharp(await pixel.withIccProfile('p3').png().toBuffer()).metadata();
  return icc && readRgbSpace(icc);
}

/** Applies the profile of grey pixels of sixteen bits, which sharp would ignore. */
export async function applyGreyProfile(source: Source, decode: Pick<Decode, 'damaged'>): Promise<Source> {
  if (!(source.hasProfile && source.space === 'grey16')) return source;
  const image = sharp(source.bytes, readOptions(decode)).pipelineColourspace('b-w');
  const bytes = await image.png({ compressionLevel: 0 }).toBuffer();
  return { ...source, bytes, space: 'srgb', depth: 'uchar', hasProfile: false };
}

/**
 * Chooses the spaces that drawn colours are converted to. Where the engine cannot draw in the space of a profile that
 * is to be kept, or its space changes between frames, the picture is converted to sRGB instead.
 */
export async function chooseWorkingSpace(
  source: Source,
  metadata: OutputMetadata,
  { passes, pages }: { readonly passes: readonly Transform[]; readonly pages: number },
): Promise<{ readonly metadata: OutputMetadata; readonly working: Working }> {
  const drawn = source.hasProfile && passes.some(hasColours);
  const { icc } = metadata.profile && drawn ? await sharp(source.bytes).metadata() : {};
  const space = icc && readRgbSpace(icc);
  if (space && pages === 1) {
    return { metadata, working: isSrgb(space) ? {} : { first: space, later: space } };
  }
  const profile = metadata.profile && !drawn;
  const isWide = source.hasProfile && source.space === 'rgb16' && !profile;
  const first = isWide ? await displayP3() : undefined;
  return { metadata: { ...metadata, profile }, working: first ? { first, fromP3: true } : {} };
}

const convertColour = ({ r, g, b, alpha }: Colour, space: RgbSpace): Colour => {
  const pixel = Uint8Array.of(r, g, b);
  recolour(srgb, space)(pixel, 0);
  const [red = 0, green = 0, blue = 0] = pixel;
  return { r: red, g: green, b: blue, alpha };
};

/** Converts the colours of a transform from sRGB to the space of its pixels. */
export const convertColours = (transform: Transform, space: RgbSpace | undefined): Transform =>
  space
    ? { ...transform, ...recolourEffects(transform, (colour) => convertColour(colour, space)) }
    : transform;
