import type { Rewrite } from './rewrite.ts';

/** The parts of a file that say which planes are colours (Adobe Photoshop File Formats Specification). */
interface Psd {
  readonly mode: number;
  readonly planes: number;
  readonly height: number;
  /** PSB: lengths have 8 bytes instead of 4, except those inside lists. */
  readonly isLarge: boolean;
  /** Offset of the merged picture, which starts with its compression. */
  readonly mergedAt: number;
  /** Offset of the layers, which begin with their length. */
  readonly layersAt: number;
  /** Offset of the count of layers. If it is below zero, the first plane after the colours is the opacity. */
  readonly countAt?: number;
  /** Whether a separate block says that the file has opacity. */
  readonly hasOpacityBlock: boolean;
}

const modes = { grey: 1, rgb: 3, multichannel: 7, duotone: 8 } as const;

/** Planes of colour by mode: bitmap, grey, indexed, RGB, CMYK, duotone, Lab. */
const coloursOf: Readonly<Record<number, number>> = { 0: 1, 1: 1, 2: 1, 3: 3, 4: 4, 8: 1, 9: 3 };

const headBytes = 26;
const runLength = 1;

/** Blocks after the layers that have 8-byte lengths in PSB. */
const longBlocks = new Set([
  'LMsk',
  'Lr16',
  'Lr32',
  'Layr',
  'Mt16',
  'Mt32',
  'Mtrn',
  'Alph',
  'FMsk',
  'lnk2',
  'FEid',
  'FXid',
  'PxSD',
]);
const layerBlocks = new Set(['Layr', 'Lr16', 'Lr32']);
const opacityBlocks = new Set(['Mtrn', 'Mt16', 'Mt32']);

const lengthAt = (input: Buffer, at: number, isLong: boolean): number =>
  isLong ? Number(input.readBigUInt64BE(at)) : input.readUInt32BE(at);

interface Block {
  readonly key: string;
  /** Offset of its content. */
  readonly at: number;
}

/** The blocks between two offsets. */
function blocksOf(input: Buffer, from: number, end: number, isLarge: boolean): readonly Block[] {
  const blocks: Block[] = [];
  for (let at = from; at + 12 <= end; ) {
    const key = input.toString('latin1', at + 4, at + 8);
    const isLong = isLarge && longBlocks.has(key);
    const content = at + (isLong ? 16 : 12);
    blocks.push({ key, at: content });
    const length = lengthAt(input, at + 8, isLong);
    at = content + length + ((4 - (length % 4)) % 4);
  }
  return blocks;
}

/** @throws RangeError if the file is cut off. */
function psdOf(input: Buffer): Psd {
  const isLarge = input.readUInt16BE(4) === 2;
  const wide = isLarge ? 8 : 4;
  const resourcesAt = headBytes + 4 + input.readUInt32BE(headBytes);
  const layersAt = resourcesAt + 4 + input.readUInt32BE(resourcesAt);
  const mergedAt = layersAt + wide + lengthAt(input, layersAt, isLarge);
  const head = {
    mode: input.readUInt16BE(24),
    planes: input.readUInt16BE(12),
    height: input.readUInt32BE(14),
    isLarge,
    mergedAt,
    layersAt,
  };
  const infoAt = layersAt + wide;
  if (mergedAt <= infoAt) return { ...head, hasOpacityBlock: false };
  const infoLength = lengthAt(input, infoAt, isLarge);
  const maskAt = infoAt + wide + infoLength;
  const blocksAt = maskAt + 4 > mergedAt ? mergedAt : maskAt + 4 + input.readUInt32BE(maskAt);
  const blocks = blocksOf(input, blocksAt, mergedAt, isLarge);
  const layers = infoLength > 0 ? { at: infoAt + wide } : blocks.find(({ key }) => layerBlocks.has(key));
  const hasOpacityBlock = blocks.some(({ key }) => opacityBlocks.has(key));
  return { ...head, hasOpacityBlock, ...(layers ? { countAt: layers.at } : {}) };
}

/** The mode and planes of colour to display: spot colours become screen colours, as in other programs. */
function displayMode({ mode, planes }: Psd): { readonly mode: number; readonly colours: number } {
  if (mode === modes.multichannel && planes >= 3) return { mode: modes.rgb, colours: 3 };
  if (mode === modes.multichannel || mode === modes.duotone) return { mode: modes.grey, colours: 1 };
  return { mode, colours: coloursOf[mode] ?? planes };
}

/** The merged picture with its first planes only. If rows are packed, a table of their lengths precedes them. */
function mergedPicture(
  input: Buffer,
  { mergedAt, planes, height, isLarge }: Psd,
  kept: number,
): readonly Buffer[] {
  if (input.readUInt16BE(mergedAt) !== runLength) return [input.subarray(mergedAt)];
  const rowBytes = height * (isLarge ? 4 : 2);
  const tableAt = mergedAt + 2;
  return [input.subarray(mergedAt, tableAt + kept * rowBytes), input.subarray(tableAt + planes * rowBytes)];
}

/** More are not read, and are not needed for the merged picture. */
const mostLayers = 255;
/** A layer without pixels or channels: its rectangle, the number of channels, how it is mixed, and no more data. */
const emptyLayer = Buffer.from(`${'00'.repeat(18)}3842494d6e6f726dff00000000000000`, 'hex');

/** A list of layers with none of them. A count below zero says that there is opacity. */
function withoutLayers(isLarge: boolean, isClear: boolean): Buffer {
  const count = Buffer.alloc(2);
  count.writeInt16BE(-1);
  const info = isClear ? Buffer.concat([count, emptyLayer]) : Buffer.alloc(0);
  const wide = isLarge ? 8 : 4;
  const lengths = Buffer.alloc(2 * wide);
  lengths.writeUInt32BE(wide + info.length + 4, wide - 4);
  lengths.writeUInt32BE(info.length, 2 * wide - 4);
  return Buffer.concat([lengths, info, Buffer.alloc(4)]);
}

/** Drops layers where ImageMagick refuses their number: none in a list, or very many. */
function dropLayers(input: Buffer): Buffer {
  const { countAt, mergedAt, layersAt, isLarge, hasOpacityBlock } = psdOf(input);
  const count = countAt === undefined ? 1 : input.readInt16BE(countAt);
  if (count !== 0 && Math.abs(count) <= mostLayers) return input;
  const list = withoutLayers(isLarge, count < 0 || hasOpacityBlock);
  return Buffer.concat([input.subarray(0, layersAt), list, input.subarray(mergedAt)]);
}

function keepColours(input: Buffer): Buffer {
  const psd = psdOf(input);
  const { mode, colours } = displayMode(psd);
  const count = psd.countAt === undefined ? 0 : input.readInt16BE(psd.countAt);
  const isClear = (count < 0 || psd.hasOpacityBlock) && psd.planes > colours;
  const kept = Math.min(psd.planes, isClear ? colours + 1 : colours);
  if (kept === psd.planes && mode === psd.mode && (isClear || count >= 0)) return input;
  const head = Buffer.from(input.subarray(0, psd.mergedAt));
  head.writeUInt16BE(kept, 12);
  head.writeUInt16BE(mode, 24);
  if (psd.countAt !== undefined && !isClear) head.writeInt16BE(Math.abs(count), psd.countAt);
  return Buffer.concat([head, ...mergedPicture(input, psd, kept)]);
}

/**
 * Keeps the colours of the merged picture, and its opacity if the file says so. Other planes (selections, spot
 * colours) are dropped: ImageMagick takes them for opacity.
 */
export const rewritePsd: Rewrite = (data) => {
  try {
    return { data: keepColours(dropLayers(data)) };
  } catch (cause) {
    if (cause instanceof RangeError) return { data };
    throw cause;
  }
};
