import { boxesOf } from '../../metadata/blocks/boxes.ts';
import type { Size } from '../../transform/geometry.ts';
import { checkPixels, type Rewrite } from './rewrite.ts';

/** The boxes of a HEIF that say what its pictures are (ISO/IEC 23008-12, ISO/IEC 14496-12). */
interface Items {
  /** The id of the main picture, and where the file says it. */
  readonly primary: number;
  readonly primaryField: Buffer;
  /** Pairs of type and pictures: `thmb` leads from a thumbnail to its picture. */
  readonly references: readonly Reference[];
  /** The properties of each picture. */
  readonly properties: ReadonlyMap<number, readonly Property[]>;
}

interface Reference {
  readonly type: string;
  readonly from: number;
  readonly to: readonly number[];
}

interface Property {
  readonly type: string;
  readonly body: Buffer;
}

/** Reads numbers of the file one after another; throws beyond its end. */
function createReader(bytes: Buffer) {
  let at = 0;
  const uint = (width: number): number => {
    at += width;
    return bytes.readUIntBE(at - width, width);
  };
  return { uint, isDone: () => at >= bytes.length };
}

/** Ids have 16 bits in version 0 of a box, and 32 in the next one. */
const idBytes = (box: Buffer): number => (box[0] === 0 ? 2 : 4);

const readReferences = (iref: Buffer): readonly Reference[] =>
  [...boxesOf(iref.subarray(4))].map(({ type, body }) => {
    const { uint } = createReader(body);
    const from = uint(idBytes(iref));
    return { type, from, to: Array.from({ length: uint(2) }, () => uint(idBytes(iref))) };
  });

function readAssociations(ipma: Buffer, all: readonly Property[]): Items['properties'] {
  const { uint } = createReader(ipma.subarray(4));
  const isWide = ((ipma[3] ?? 0) & 1) === 1;
  const property = (): Property | undefined => all[(isWide ? uint(2) & 0x7fff : uint(1) & 0x7f) - 1];
  return new Map(
    Array.from({ length: uint(4) }, () => {
      const id = uint(idBytes(ipma));
      return [id, Array.from({ length: uint(1) }, property).filter((one) => one !== undefined)] as const;
    }),
  );
}

function readItems(file: Buffer): Items | undefined {
  const find = (bytes: Buffer | undefined, type: string): Buffer | undefined =>
    bytes && [...boxesOf(bytes)].find((box) => box.type === type)?.body;
  const meta = find(file, 'meta')?.subarray(4);
  const [pitm, iref, iprp] = ['pitm', 'iref', 'iprp'].map((type) => find(meta, type));
  const [ipco, ipma] = [find(iprp, 'ipco'), find(iprp, 'ipma')];
  if (!pitm || !iref || !ipco || !ipma) return undefined;
  const primaryField = pitm.subarray(4, 4 + idBytes(pitm));
  return {
    primary: primaryField.readUIntBE(0, primaryField.length),
    primaryField,
    references: readReferences(iref),
    properties: readAssociations(ipma, [...boxesOf(ipco)]),
  };
}

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
export const rewriteHeif: Rewrite = (data, { leastSide, maxPixels }) => {
  if (leastSide === undefined) return { data };
  try {
    const items = readItems(data);
    const thumbnail = items && findThumbnail(items, leastSide);
    if (!thumbnail) return { data };
    checkPixels(thumbnail.whole.width, thumbnail.whole.height, maxPixels);
    const rewritten = Buffer.from(data);
    const { length, byteOffset } = items.primaryField;
    rewritten.writeUIntBE(thumbnail.id, byteOffset - data.byteOffset, length);
    return { data: rewritten, whole: thumbnail.whole };
  } catch (error) {
    // Boxes that end too early. The decoder says what is wrong with the file.
    if (error instanceof RangeError) return { data };
    throw error;
  }
};
