import type { Size } from '../../transform/geometry.ts';
import { withoutCut } from '../heif/cut.ts';
import { type Items, type Property, readItems } from '../heif/items.ts';
import { readTraits } from '../heif/traits.ts';
import { type Amount, checkPixels, type Rewrite } from './rewrite.ts';

const sizeOf = (properties: readonly Property[]): Size | undefined => {
  const body = properties.find(({ type }) => type === 'ispe')?.body;
  return body && { width: body.readUInt32BE(4), height: body.readUInt32BE(8) };
};

/** What makes two pictures look different beside their sizes: turns, mirrors, cuts, colours. */
const looks = (properties: readonly Property[]): string =>
  properties
    .filter(({ type }) => ['irot', 'imir', 'clap', 'colr'].includes(type))
    .map(({ type, body }) => type + body.toString('latin1'))
    .join();

/** Encoders round the sides of a thumbnail to even numbers. */
const rounding = 2;
const isSmaller = (small: Size, { width, height }: Size): boolean =>
  small.width < width && Math.abs(small.height - (height * small.width) / width) <= rounding;

/** Turns by an odd number of quarters swap the sides (`irot`). */
const isTurned = (properties: readonly Property[]): boolean =>
  ((properties.find(({ type }) => type === 'irot')?.body[0] ?? 0) & 1) === 1;

/** The smallest thumbnail with enough pixels that shows the main picture as it is, and the size of that picture. */
function findThumbnail({ primary, references, properties }: Items, leastSide: number) {
  const main = properties.get(primary) ?? [];
  const size = sizeOf(main);
  // A thumbnail has no opacity: `auxl` leads from a picture of opacity or depth.
  const hasAlpha = references.some(({ type, to }) => type === 'auxl' && to.includes(primary));
  if (size === undefined || hasAlpha || main.some(({ type }) => type === 'clap')) return undefined;
  const [smallest] = references
    .filter(({ type, to }) => type === 'thmb' && to.includes(primary))
    .flatMap(({ from }) => {
      const own = properties.get(from) ?? [];
      const small = sizeOf(own);
      const isRight = small !== undefined && isSmaller(small, size) && looks(own) === looks(main);
      return isRight ? [{ id: from, side: Math.max(small.width, small.height) }] : [];
    })
    .filter(({ side }) => side >= leastSide)
    .sort((a, b) => a.side - b.side);
  const whole = isTurned(main) ? { width: size.height, height: size.width } : size;
  return smallest && { id: smallest.id, whole };
}

/** Cameras put a thumbnail into a HEIC. It is decoded in place of the picture where it has enough pixels. */
function chooseThumbnail(data: Buffer, items: Items, { leastSide, maxPixels }: Required<Amount>) {
  const thumbnail = findThumbnail(items, leastSide);
  if (!thumbnail) return { data };
  checkPixels(thumbnail.whole.width, thumbnail.whole.height, maxPixels);
  const rewritten = Buffer.from(data);
  const { length, byteOffset } = items.primaryField;
  rewritten.writeUIntBE(thumbnail.id, byteOffset - data.byteOffset, length);
  return { data: rewritten, whole: thumbnail.whole };
}

export const rewriteHeif: Rewrite = (data, { leastSide, maxPixels }) => {
  if (leastSide === undefined) return { data };
  try {
    const items = readItems(data);
    if (items === undefined) return { data };
    const size = sizeOf(items.properties.get(items.primary) ?? []);
    const cut = size && withoutCut(data, items, size);
    return {
      ...(cut?.extract ? cut : chooseThumbnail(data, items, { leastSide, maxPixels })),
      traits: readTraits(items),
    };
  } catch (error) {
    // Boxes that end too early. The decoder says what is wrong with the file.
    if (error instanceof RangeError) return { data };
    throw error;
  }
};
