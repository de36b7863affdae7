import type { Block } from './blocks.ts';
import type { Channel, Extent, Part } from './header.ts';
import { halves } from './light.ts';
import { compressions, unpackBlock } from './unpack.ts';

/** The destination of the samples of a channel. */
export interface SampleStore {
  readonly to: Uint8Array | Float32Array;
  readonly start: number;
  /** From one sample to the next. */
  readonly step: number;
  /** From one row of samples to the next. */
  readonly stride: number;
  /** The stored value for a number, and for each half. */
  readonly value: (light: number) => number;
  readonly half: ArrayLike<number>;
}

/** Stores values unchanged. */
export const asTheyAre = { value: (light: number): number => light, half: halves };

const bytesOf = ({ type }: Channel): number => (type === 1 ? 2 : 4);

/** The number of multiples of `every` in a range. */
export const samples = (from: number, count: number, every: number): number =>
  Math.floor((from + count - 1) / every) - Math.ceil(from / every) + 1;

const extentOf = (channel: Channel, left: number, top: number, width: number, height: number): Extent => {
  const { x, y } = channel.every;
  const rows = new Set(
    Array.from({ length: height }, (_, row) => row).filter((row) => (top + row) % y === 0),
  );
  return {
    width: Math.max(0, samples(left, width, x)),
    height: rows.size,
    bytes: bytesOf(channel),
    type: channel.type,
    isPower: channel.isPower,
    rows,
  };
};

interface Row {
  readonly bytes: Buffer;
  readonly at: number;
  readonly count: number;
  readonly type: number;
}

function storeRow(
  { bytes, at, count, type }: Row,
  { to, step, value, half }: SampleStore,
  start: number,
): void {
  if (type === 1) {
    for (let index = 0, from = at, into = start; index < count; index += 1, from += 2, into += step)
      to[into] = half[(bytes[from] ?? 0) | ((bytes[from + 1] ?? 0) << 8)] ?? 0;
    return;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let index = 0, from = at, into = start; index < count; index += 1, from += 4, into += step)
    to[into] = value(type === 2 ? view.getFloat32(from, true) : view.getUint32(from, true));
}

/** The number of samples before the block, in a row or a column of the picture. */
const samplesBefore = (from: number, count: number, every: number): number =>
  count > 0 ? samples(from, count, every) : 0;

/** Unpacks a block and stores the samples of its channels. Channels without a store are skipped. */
export function storeBlock(block: Block, part: Part, stores: ReadonlyMap<number, SampleStore>): void {
  const { channels, data } = part;
  const compression = compressions[part.compression];
  if (compression === undefined) return;
  const [left, top] = [data.left + block.left, data.top + block.top];
  const extents = channels.map((channel) => extentOf(channel, left, top, block.width, block.height));
  const bytes = unpackBlock(compression, block.packed, extents);
  let at = 0;
  for (let row = 0; row < block.height; row += 1)
    for (const [index, channel] of channels.entries()) {
      if ((top + row) % channel.every.y !== 0) continue;
      const { width: count, bytes: wide } = extents[index] as Extent;
      const store = stores.get(index);
      if (store) {
        const down = samplesBefore(data.top, block.top + row, channel.every.y);
        const across = samplesBefore(data.left, block.left, channel.every.x);
        const start = store.start + down * store.stride + across * store.step;
        storeRow({ bytes, at, count, type: channel.type }, store, start);
      }
      at += count * wide;
    }
}
