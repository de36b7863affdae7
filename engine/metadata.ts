import { type Credits, creditsOf } from './credits.ts';
import type { Format } from './format.ts';
import type { Source } from './inspect.ts';
import { isUpright, upright } from './orientation.ts';
import type { Output } from './output.ts';
import type { Plan } from './plan.ts';
import type { Sharp } from './sharp.ts';
import type { Transform } from './transform.ts';

/** What of the input goes into the output besides its pixels as eight bits. */
export interface Kept {
  /** EXIF is kept only where there is some: libvips would write an empty block. */
  readonly exif: boolean;
  readonly profile: boolean;
  /** The EXIF orientation that the output has; 0 where the input says none. */
  readonly orientation: number;
  /** What survives where the rest is dropped. */
  readonly credits?: Credits;
  /** The second picture of a JPEG that makes the first one HDR. */
  readonly gainMap?: true;
  /** Sixteen bits a sample. */
  readonly deep?: true;
}

const coloured = ['srgb', 'rgb', 'rgb16'];
const isGrey = (passes: readonly Transform[]): boolean => passes.some(({ grey }) => grey);

/** A profile of CMYK or grey does not describe the sRGB pixels that are written, nor one of colour grey ones. */
const keepsProfile = ({ space }: Source, passes: readonly Transform[]): boolean =>
  coloured.includes(space) && !isGrey(passes);

const mapped = ['orientation', 'resize'];
/** libvips scales a gain map with its picture; turning one breaks it (0.35.5 reads freed memory). */
const mapFollows = (passes: readonly Transform[]): boolean =>
  passes.length <= 1 &&
  passes.every(
    (pass) =>
      isUpright(pass.orientation ?? upright) &&
      Object.entries(pass).every(([key, value]) => value === undefined || mapped.includes(key)),
  );

export function keptOf(source: Source, format: Format, output: Output, { passes, orientation }: Plan): Kept {
  const credits = output.keepCopyright && source.exif ? creditsOf(source.exif) : {};
  const isDeep = output.depth === 'keep' && format.deep && source.depth === 'ushort' && !isGrey(passes);
  return {
    exif: source.exif !== undefined,
    profile: output.profile === 'keep' && Boolean(format.profiles) && keepsProfile(source, passes),
    orientation,
    ...(Object.keys(credits).length > 0 ? { credits } : {}),
    ...(source.hasGainMap && format.name === 'jpeg' && mapFollows(passes) ? { gainMap: true as const } : {}),
    ...(isDeep ? { deep: true as const } : {}),
  };
}

/** What sharp can do and its types do not say; its `withMetadata` sets the tag too, but always converts to sRGB. */
interface Untyped {
  readonly options: { withMetadataOrientation: number };
  keepGainMap(): Sharp;
}
const untyped = (image: Sharp): Untyped => image as unknown as Untyped;

/** Puts what is kept on a pipeline. */
export function withMetadata(image: Sharp, output: Output, kept: Kept): Sharp {
  const deep = kept.deep ? image.toColourspace('rgb16') : image;
  const mapped = kept.gainMap ? untyped(deep).keepGainMap() : deep;
  if (output.metadata === 'strip')
    return kept.credits ? mapped.withExif({ IFD0: { ...kept.credits } }) : mapped;
  const told = kept.exif ? mapped.keepExif().keepXmp() : mapped.keepXmp();
  if (kept.orientation > 0) untyped(told).options.withMetadataOrientation = kept.orientation;
  return kept.profile ? told.keepIccProfile() : told;
}
