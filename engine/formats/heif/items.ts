import { boxesOf } from '../../metadata/blocks/boxes.ts';

/** The boxes of a HEIF that say what its pictures are (ISO/IEC 23008-12, ISO/IEC 14496-12). */
export interface Items {
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

export interface Property {
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

/** Reads what pictures a HEIF or AVIF holds; undefined where boxes are missing. @throws RangeError where they end early. */
export function readItems(file: Buffer): Items | undefined {
  const find = (bytes: Buffer | undefined, type: string): Buffer | undefined =>
    bytes && [...boxesOf(bytes)].find((box) => box.type === type)?.body;
  const meta = find(file, 'meta')?.subarray(4);
  const [pitm, iref, iprp] = ['pitm', 'iref', 'iprp'].map((type) => find(meta, type));
  const [ipco, ipma] = [find(iprp, 'ipco'), find(iprp, 'ipma')];
  if (!pitm || !ipco || !ipma) return undefined;
  const primaryField = pitm.subarray(4, 4 + idBytes(pitm));
  return {
    primary: primaryField.readUIntBE(0, primaryField.length),
    primaryField,
    references: iref ? readReferences(iref) : [],
    properties: readAssociations(ipma, [...boxesOf(ipco)]),
  };
}
