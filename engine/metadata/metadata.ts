import type { Output } from '../conversion.ts';
import type { Format } from '../formats/format.ts';
import type { Source } from '../header/inspect.ts';
import type { Sharp } from '../native/sharp.ts';
import type { Plan } from '../plan.ts';
import { isUpright, upright } from '../transform/orientation.ts';
import type { Transform } from '../transform/transform.ts';
import { readBlocks } from './blocks/read.ts';
import { type Blocks, isEmpty } from './blocks.ts';
import { creditsOf } from './credits.ts';
import { orientationExif, resizedExif, rewrittenExif } from './exif.ts';
import { rewrittenXmp } from './xmp.ts';

/** What of the input goes into the output besides its pixels as eight bits. */
export interface Kept {
  /** EXIF, XMP and IPTC as they are written. */
  readonly blocks: Blocks;
  readonly profile: boolean;
  /** How the written pixels lie, as an EXIF orientation: 1 is upright. */
  readonly orientation: number;
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

export interface Wanted {
  /** The file that was read, for its metadata. */
  readonly input: Buffer;
  readonly format: Format;
  readonly output: Output;
  readonly plan: Plan;
}

/** The EXIF of the output: where the input has none, there still may be an orientation to tell. */
function exifOf(exif: Buffer | undefined, orientation: number): Buffer | undefined {
  const rewritten = exif && rewrittenExif(exif, orientation);
  return rewritten ?? (orientation > 1 ? orientationExif(orientation) : undefined);
}

/** XMP that describes a gain map would describe one that is not there. */
const describesGainMap = (xmp: Buffer): boolean => xmp.includes('hdrgm');

/** The blocks of the output. `orientation`: what its EXIF says. */
async function blocksFor(source: Source, { input, output }: Wanted, orientation: number): Promise<Blocks> {
  if (output.metadata === 'strip' && !output.keepCopyright) return {};
  const { exif, xmp, iptc } = await readBlocks(source.format.name, input, source.blocks);
  if (output.metadata === 'strip') {
    const credits = exif && creditsOf(exif);
    return credits ? { exif: credits } : {};
  }
  const told = exifOf(exif, orientation);
  return {
    ...(told ? { exif: told } : {}),
    ...(xmp && !describesGainMap(xmp) ? { xmp: rewrittenXmp(xmp, orientation) } : {}),
    ...(iptc ? { iptc } : {}),
  };
}

export async function keptOf(source: Source, wanted: Wanted): Promise<Kept> {
  const { format, output, plan } = wanted;
  const { passes } = plan;
  const isTold = output.metadata === 'keep' && format.orientation !== undefined;
  const orientation = isTold ? Math.max(1, plan.orientation) : 1;
  const isDeep = output.depth === 'keep' && format.deep && source.depth === 'ushort' && !isGrey(passes);
  return {
    blocks: await blocksFor(source, wanted, format.orientation === 'own' ? 1 : orientation),
    profile: output.profile === 'keep' && Boolean(format.profiles) && keepsProfile(source, passes),
    orientation,
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

/** Puts what belongs to the pixels on a pipeline: how they lie, their colours and depth, their gain map. */
export function withPixelFacts(image: Sharp, kept: Kept): Sharp {
  const deep = kept.deep ? image.toColourspace('rgb16') : image;
  const mapped = kept.gainMap ? untyped(deep).keepGainMap() : deep;
  // Some encoders (AVIF, TIFF) write how pixels lie whether or not metadata is kept.
  untyped(mapped).options.withMetadataOrientation = kept.orientation;
  return kept.profile ? mapped.keepIccProfile() : mapped;
}

/** The encoder of a format, with the blocks put into what it writes. */
export function withBlocks(format: Format, blocks: Blocks): Format['encode'] {
  const { encode, attach } = format;
  if (encode === undefined || isEmpty(blocks)) return encode;
  if (attach === undefined) {
    const { xmp } = blocks;
    return xmp ? (image, ...rest) => encode(image.withXmp(xmp.toString()), ...rest) : encode;
  }
  return async (...given) => {
    const made = await encode(...given);
    const { exif } = blocks;
    const sized = exif ? { ...blocks, exif: resizedExif(exif, made) } : blocks;
    return { ...made, data: attach(made.data, sized, made) };
  };
}
