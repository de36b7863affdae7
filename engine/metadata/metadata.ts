import type { Output } from '../conversion.ts';
import { leavesEightBits } from '../effects/index.ts';
import type { Format } from '../formats/format.ts';
import type { Source } from '../header/inspect.ts';
import { type Sharp, setOrientation } from '../native/sharp.ts';
import type { PassPlan } from '../plan.ts';
import { isUpright, upright } from '../transform/orientation.ts';
import type { Transform } from '../transform/transform.ts';
import { readBlocks } from './blocks/read.ts';
import { type Blocks, isEmpty } from './blocks.ts';
import { creditsOf } from './credits.ts';
import { createOrientationExif, rewriteExif, setExifSize } from './exif.ts';
import { rewriteXmp } from './xmp.ts';

/** The metadata and the properties of pixels that an output keeps of its input. */
export interface OutputMetadata {
  /** EXIF, XMP and IPTC as written. */
  readonly blocks: Blocks;
  /** Whether the colour profile is kept. */
  readonly profile: boolean;
  /** The EXIF orientation of the written pixels; 1 is upright. */
  readonly orientation: number;
  /** Whether the gain map, which makes a JPEG HDR, is kept. */
  readonly gainMap?: true;
  /** Whether samples have sixteen bits. */
  readonly deep?: true;
}

const coloured = ['srgb', 'rgb', 'rgb16'];
const isGrey = (passes: readonly Transform[]): boolean => passes.some(({ grey }) => grey);

/** A profile of CMYK or grey does not describe sRGB pixels, and one of colour does not describe grey pixels. */
const keepsProfile = ({ space }: Source, passes: readonly Transform[]): boolean =>
  coloured.includes(space) && !isGrey(passes);

const allowedWork = ['orientation', 'resize'];
/** libvips scales a gain map with its picture; turning one breaks it (0.35.5 reads freed memory). */
const keepsGainMap = (passes: readonly Transform[]): boolean =>
  passes.length <= 1 &&
  passes.every(
    (pass) =>
      isUpright(pass.orientation ?? upright) &&
      Object.entries(pass).every(([key, value]) => value === undefined || allowedWork.includes(key)),
  );

/** The conversion that metadata is chosen for. */
export interface MetadataRequest {
  /** The file that was read, for its metadata. */
  readonly input: Buffer;
  readonly format: Format;
  readonly output: Output;
  readonly plan: PassPlan;
}

/** The EXIF of the output. Where the input has none, the output may still need an orientation. */
function exifFor(exif: Buffer | undefined, orientation: number): Buffer | undefined {
  const rewritten = exif && rewriteExif(exif, orientation);
  return rewritten ?? (orientation > 1 ? createOrientationExif(orientation) : undefined);
}

/** Whether XMP describes a gain map, which an output with new XMP does not have. */
const describesGainMap = (xmp: Buffer): boolean => xmp.includes('hdrgm');

/** The blocks of the output. `orientation`: that of its EXIF. */
async function blocksFor(
  source: Source,
  { input, output }: MetadataRequest,
  orientation: number,
): Promise<Blocks> {
  if (output.metadata === 'strip' && !output.keepCopyright) return {};
  const { exif, xmp, iptc } = await readBlocks(source.format.name, input, source.blocks);
  if (output.metadata === 'strip') {
    const credits = exif && creditsOf(exif);
    return credits ? { exif: credits } : {};
  }
  const written = exifFor(exif, orientation);
  return {
    ...(written ? { exif: written } : {}),
    ...(xmp && !describesGainMap(xmp) ? { xmp: rewriteXmp(xmp, orientation) } : {}),
    ...(iptc ? { iptc } : {}),
  };
}

/** Chooses the metadata of an output. */
export async function metadataFor(source: Source, request: MetadataRequest): Promise<OutputMetadata> {
  const { format, output, plan } = request;
  const { passes } = plan;
  const hasOrientation = output.metadata === 'keep' && format.orientation !== undefined;
  const orientation = hasOrientation ? Math.max(1, plan.orientation) : 1;
  const isShallow = isGrey(passes) || passes.some(leavesEightBits);
  const isDeep = output.depth === 'keep' && format.deep && source.depth === 'ushort' && !isShallow;
  return {
    blocks: await blocksFor(source, request, format.orientation === 'own' ? 1 : orientation),
    profile: output.profile === 'keep' && Boolean(format.profiles) && keepsProfile(source, passes),
    orientation,
    ...(source.hasGainMap && format.name === 'jpeg' && keepsGainMap(passes)
      ? { gainMap: true as const }
      : {}),
    ...(isDeep ? { deep: true as const } : {}),
  };
}

/** A part of sharp that its types lack. */
const keepGainMap = (image: Sharp): Sharp => (image as unknown as { keepGainMap(): Sharp }).keepGainMap();

/** Sets the orientation, colour profile, depth and gain map of the output on a pipeline. */
export function attachPixelMetadata(image: Sharp, metadata: OutputMetadata): Sharp {
  const deep = metadata.deep ? image.toColourspace('rgb16') : image;
  const withMap = metadata.gainMap ? keepGainMap(deep) : deep;
  setOrientation(withMap, metadata.orientation);
  return metadata.profile ? withMap.keepIccProfile() : withMap;
}

/** The encoder of a format, which also writes the blocks. */
export function encoderWithBlocks(format: Format, blocks: Blocks): Format['encode'] {
  const { encode, attach } = format;
  if (encode === undefined || isEmpty(blocks)) return encode;
  if (attach === undefined) {
    const { xmp } = blocks;
    return xmp ? (image, ...rest) => encode(image.withXmp(xmp.toString()), ...rest) : encode;
  }
  return async (...args) => {
    const encoded = await encode(...args);
    const { exif } = blocks;
    const sized = exif ? { ...blocks, exif: setExifSize(exif, encoded) } : blocks;
    return { ...encoded, data: attach(encoded.data, sized, encoded) };
  };
}
