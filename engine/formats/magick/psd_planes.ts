/** Adobe Photoshop File Formats Specification: where the parts of a file are that say which planes are colours. */
interface Psd {
  readonly mode: number;
  readonly planes: number;
  readonly height: number;
  /** Bytes of a length: 4 in PSD, 8 in PSB, but for those of the lists. */
  readonly isLarge: boolean;
  /** Where the merged picture starts, with its compression. */
  readonly mergedAt: number;
  /** Where the count of layers stands. Below zero, the first plane after the colours is the opacity of the whole. */
  readonly countAt?: number;
  /** Whether a block of its own says that the opacity is there. */
  readonly hasOpacityBlock: boolean;
}

const modes = { grey: 1, rgb: 3, multichannel: 7, duotone: 8 } as const;

/** Planes of colour by mode: bitmap, grey, indexed, RGB, CMYK, duotone, Lab. */
const coloursOf: Readonly<Record<number, number>> = { 0: 1, 1: 1, 2: 1, 3: 3, 4: 4, 8: 1, 9: 3 };

const headBytes = 26;
const runLength = 1;

/** Blocks after the layers whose lengths are long in large files. */
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
  /** Where its content starts. */
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

/** @throws RangeError where the file ends before. */
function psdOf(input: Buffer): Psd {
  const isLarge = input.readUInt16BE(4) === 2;
  const wide = isLarge ? 8 : 4;
  const resourcesAt = headBytes + 4 + input.readUInt32BE(headBytes);
  const layersAt = resourcesAt + 4 + input.readUInt32BE(resourcesAt);
  const mergedAt = layersAt + wide + lengthAt(input, layersAt, isLarge);
  const facts = {
    mode: input.readUInt16BE(24),
    planes: input.readUInt16BE(12),
    height: input.readUInt32BE(14),
    isLarge,
    mergedAt,
  };
  const infoAt = layersAt + wide;
  if (mergedAt <= infoAt) return { ...facts, hasOpacityBlock: false };
  const infoLength = lengthAt(input, infoAt, isLarge);
  const maskAt = infoAt + wide + infoLength;
  const blocksAt = maskAt + 4 > mergedAt ? mergedAt : maskAt + 4 + input.readUInt32BE(maskAt);
  const blocks = blocksOf(input, blocksAt, mergedAt, isLarge);
  const layers = infoLength > 0 ? { at: infoAt + wide } : blocks.find(({ key }) => layerBlocks.has(key));
  const hasOpacityBlock = blocks.some(({ key }) => opacityBlocks.has(key));
  return { ...facts, hasOpacityBlock, ...(layers ? { countAt: layers.at } : {}) };
}

/** Mode and planes as they are shown: spots of ink as the colours of a screen, as other programs do. */
function shown({ mode, planes }: Psd): { readonly mode: number; readonly colours: number } {
  if (mode === modes.multichannel && planes >= 3) return { mode: modes.rgb, colours: 3 };
  if (mode === modes.multichannel || mode === modes.duotone) return { mode: modes.grey, colours: 1 };
  return { mode, colours: coloursOf[mode] ?? planes };
}

/** The merged picture with its first planes only. The lengths of rows that are packed stand before all rows. */
function merged(input: Buffer, { mergedAt, planes, height, isLarge }: Psd, kept: number): readonly Buffer[] {
  if (input.readUInt16BE(mergedAt) !== runLength) return [input.subarray(mergedAt)];
  const rowBytes = height * (isLarge ? 4 : 2);
  const tableAt = mergedAt + 2;
  return [input.subarray(mergedAt, tableAt + kept * rowBytes), input.subarray(tableAt + planes * rowBytes)];
}

function rewritten(input: Buffer): Buffer {
  const psd = psdOf(input);
  const { mode, colours } = shown(psd);
  const count = psd.countAt === undefined ? 0 : input.readInt16BE(psd.countAt);
  const isClear = (count < 0 || psd.hasOpacityBlock) && psd.planes > colours;
  const kept = Math.min(psd.planes, isClear ? colours + 1 : colours);
  if (kept === psd.planes && mode === psd.mode && (isClear || count >= 0)) return input;
  const head = Buffer.from(input.subarray(0, psd.mergedAt));
  head.writeUInt16BE(kept, 12);
  head.writeUInt16BE(mode, 24);
  if (psd.countAt !== undefined && !isClear) head.writeInt16BE(Math.abs(count), psd.countAt);
  return Buffer.concat([head, ...merged(input, psd, kept)]);
}

/**
 * A Photoshop file whose merged picture has colours, and opacity where the file says so. Other planes (selections,
 * spots of ink) are left out: ImageMagick takes them for opacity.
 */
export function colourPlanes(input: Buffer): Buffer {
  try {
    return rewritten(input);
  } catch (cause) {
    if (cause instanceof RangeError) return input;
    throw cause;
  }
}
