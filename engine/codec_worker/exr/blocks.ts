import { Problem } from '../../../common/problem.ts';
import type { Exr, Part } from './header.ts';
import { compressions } from './unpack.ts';

const corrupt = (reason: string): Problem =>
  new Problem('corrupt_image', `Cannot decode image: EXR ${reason}`);

/** A packed rectangle of a part, measured from the corner of the data window. */
export interface Block {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly packed: Buffer;
}

/** The blocks of a part at full resolution. */
export function* blocksOf(input: Buffer, { parts, isMultiPart, end }: Exr, chosen: number): Generator<Block> {
  const countOf = ({ chunks, data, compression, tile }: Part): number => {
    if (chunks !== undefined) return chunks;
    if (tile) return Math.ceil(data.width / tile.width) * Math.ceil(data.height / tile.height);
    return Math.ceil(data.height / (compressions[compression]?.rows ?? 1));
  };
  const part = parts[chosen] as Part;
  const { data, tile } = part;
  const start = end + 8 * parts.slice(0, chosen).reduce((sum, one) => sum + countOf(one), 0);
  const count = countOf(part);
  const rows = compressions[part.compression]?.rows ?? 1;
  for (let index = 0; index < count; index += 1) {
    const at = Number(input.readBigUInt64LE(start + index * 8)) + (isMultiPart ? 4 : 0);
    const sizeAt = at + (tile ? 16 : 4);
    const packed = input.subarray(sizeAt + 4, sizeAt + 4 + input.readUInt32LE(sizeAt));
    if (packed.length < input.readUInt32LE(sizeAt)) throw corrupt('is cut off');
    if (tile && (input.readInt32LE(at + 8) !== 0 || input.readInt32LE(at + 12) !== 0)) continue;
    const left = tile ? input.readInt32LE(at) * tile.width : 0;
    const top = tile ? input.readInt32LE(at + 4) * tile.height : input.readInt32LE(at) - data.top;
    const width = Math.min(tile?.width ?? data.width, data.width - left);
    const height = Math.min(tile?.height ?? rows, data.height - top);
    if (left < 0 || top < 0 || width < 1 || height < 1)
      throw corrupt('has a block outside of its data window');
    yield { left, top, width, height, packed };
  }
}
