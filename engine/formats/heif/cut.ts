import type { Box, Size } from '../../transform/geometry.ts';
import { type Orientation, orientBox, orientedSize } from '../../transform/orientation.ts';
import type { Items, Property } from './items.ts';

const mirrored: Orientation = { flop: true, rotate: 0 };
const upsideDown: Orientation = { flop: true, rotate: 180 };

/** What `irot` (quarter turns against the clock) and `imir` (0: upside down) do to a picture. */
function orientationOf({ type, body }: Property): Orientation {
  const value = body[0] ?? 0;
  if (type === 'imir') return (value & 1) === 1 ? mirrored : upsideDown;
  return { flop: false, rotate: ([0, 270, 180, 90] as const)[value & 3] ?? 0 };
}

/** The box of `clap`: width, height and the distance of its centre from that of the picture, as fractions. */
function boxOf(clap: Buffer, size: Size): Box {
  const [width = 0, height = 0, right = 0, down = 0] = [0, 8, 16, 24].map((at) => {
    const top = at < 16 ? clap.readUInt32BE(at) : clap.readInt32BE(at);
    return top / clap.readUInt32BE(at + 4);
  });
  const [wide, high] = [Math.floor(width), Math.floor(height)];
  return {
    left: Math.floor(right + (size.width - wide) / 2),
    top: Math.floor(down + (size.height - high) / 2),
    width: wide,
    height: high,
  };
}

const isInside = ({ left, top, width, height }: Box, size: Size): boolean =>
  [left, top, width - 1, height - 1].every((value) => value >= 0) &&
  left + width <= size.width &&
  top + height <= size.height;

/** A cut of nothing. */
function wholeClap({ width, height }: Size): Buffer {
  const clap = Buffer.alloc(32);
  for (const [index, value] of [width, 1, height, 1, 0, 1, 0, 1].entries())
    clap.writeUInt32BE(value, index * 4);
  return clap;
}

/**
 * The file without the cut of its main picture (`clap`), and where to cut the upright picture instead. libheif
 * measures a HEVC picture by its cut, and refuses data that is much larger. Other files stay as they are.
 */
export function withoutCut(
  data: Buffer,
  { primary, references, properties }: Items,
  size: Size,
): { readonly data: Buffer; readonly extract?: string } {
  const own = properties.get(primary) ?? [];
  const [cut, ...turns] = own.filter(({ type }) => ['clap', 'irot', 'imir'].includes(type));
  const isCut = cut?.type === 'clap' && turns.every(({ type }) => type !== 'clap');
  if (!cut || !isCut || cut.body.length !== 32 || !own.some(({ type }) => type === 'hvcC')) return { data };
  // A picture of opacity may have a cut of its own.
  const others = references.filter(({ type, to }) => type === 'auxl' && to.includes(primary));
  const isShared = others.every(({ from }) =>
    (properties.get(from) ?? []).every(
      ({ type, body }) => type !== 'clap' || body.byteOffset === cut.body.byteOffset,
    ),
  );
  if (!isShared) return { data };
  const stored = boxOf(cut.body, size);
  if (!isInside(stored, size)) return { data };
  const whole = Buffer.from(data);
  wholeClap(size).copy(whole, cut.body.byteOffset - data.byteOffset);
  let box = stored;
  let around = size;
  for (const orientation of turns.map(orientationOf)) {
    box = orientBox(box, around, orientation);
    around = orientedSize(around, orientation);
  }
  return { data: whole, extract: `${box.width}x${box.height}+${box.left}+${box.top}` };
}
