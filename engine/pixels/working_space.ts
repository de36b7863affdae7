import type { Colour } from '../../common/colour.ts';
import type { Decode } from '../conversion.ts';
import { bringsColours, recolourEffects } from '../effects/index.ts';
import { readOptions, type Source } from '../header/inspect.ts';
import type { Kept } from '../metadata/metadata.ts';
import { sharp } from '../native/sharp.ts';
import type { Transform } from '../transform/transform.ts';
import { isSrgb, type RgbSpace, readRgbSpace, recolour, srgb } from './rgb_space.ts';

/** The colour spaces that pixels are worked on in; undefined is sRGB. */
export interface Working {
  readonly first?: RgbSpace;
  readonly later?: RgbSpace;
  /** Pixels of the first pass are Display P3 and become sRGB at its end. */
  readonly fromP3?: true;
}

/** The space that sharp takes sixteen bits with a profile to. */
async function displayP3(): Promise<RgbSpace | undefined> {
  const pixel = sharp({ create: { width: 1, height: 1, channels: 3, background: 'black' } });
  const { icc } = await sharp(await pixel.withIccProfile('p3').png().toBuffer()).metadata();
  return icc && readRgbSpace(icc);
}

/** A picture that sharp reads in the colours that its profile means: it leaves out profiles of sixteen bits of grey. */
export async function withReadableProfile(source: Source, decode: Pick<Decode, 'damaged'>): Promise<Source> {
  if (!(source.hasProfile && source.space === 'grey16')) return source;
  const image = sharp(source.bytes, readOptions(decode)).pipelineColourspace('b-w');
  const bytes = await image.png({ compressionLevel: 0 }).toBuffer();
  return { ...source, bytes, space: 'srgb', depth: 'uchar', hasProfile: false };
}

/**
 * Where what is drawn must be converted. A picture that keeps a profile nobody can draw in, or one that changes between
 * frames, is converted to sRGB instead.
 */
export async function workingSpace(
  source: Source,
  kept: Kept,
  { passes, pages }: { readonly passes: readonly Transform[]; readonly pages: number },
): Promise<{ readonly kept: Kept; readonly working: Working }> {
  const drawn = source.hasProfile && passes.some(bringsColours);
  const { icc } = kept.profile && drawn ? await sharp(source.bytes).metadata() : {};
  const space = icc && readRgbSpace(icc);
  if (space && pages === 1) {
    return { kept, working: isSrgb(space) ? {} : { first: space, later: space } };
  }
  const profile = kept.profile && !drawn;
  const isWide = source.hasProfile && source.space === 'rgb16' && !profile;
  const first = isWide ? await displayP3() : undefined;
  return { kept: { ...kept, profile }, working: first ? { first, fromP3: true } : {} };
}

const coloured = ({ r, g, b, alpha }: Colour, space: RgbSpace): Colour => {
  const pixel = Uint8Array.of(r, g, b);
  recolour(srgb, space)(pixel, 0);
  const [red = 0, green = 0, blue = 0] = pixel;
  return { r: red, g: green, b: blue, alpha };
};

/** A transform whose colours are those of the space that its pixels are in. */
export const inSpace = (transform: Transform, space: RgbSpace | undefined): Transform =>
  space ? { ...transform, ...recolourEffects(transform, (colour) => coloured(colour, space)) } : transform;
