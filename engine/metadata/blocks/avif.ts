import type { Blocks } from '../blocks.ts';
import { type BoxPart, boxBytes, boxesOf } from './boxes.ts';

/** An unsigned number of `width` bytes, most significant first. */
function uint(value: number, width: number): Buffer {
  const bytes = Buffer.alloc(width);
  bytes.writeUIntBE(value, 0, width);
  return bytes;
}

/** An item to add: its type, the rest of its entry, and its bytes. */
interface Item {
  readonly type: string;
  readonly names: string;
  readonly data: Buffer;
}

/** The entries of the item location box in the one form that libheif writes (ISO/IEC 14496-12, 8.11.3). */
interface Location {
  readonly id: number;
  readonly baseOffset: number;
  readonly extents: readonly { readonly offset: number; readonly length: number }[];
}

const sizes = 0x4440;

function locationsOf(iloc: Buffer): readonly Location[] | undefined {
  if (iloc.readUInt32BE(0) !== 0 || iloc.readUInt16BE(4) !== sizes) return undefined;
  const all: Location[] = [];
  let at = 8;
  for (let left = iloc.readUInt16BE(6); left > 0; left -= 1) {
    const [id, baseOffset] = [iloc.readUInt16BE(at), iloc.readUInt32BE(at + 4)];
    const count = iloc.readUInt16BE(at + 8);
    const extents = Array.from({ length: count }, (_, index) => {
      const extentAt = at + 10 + 8 * index;
      return { offset: iloc.readUInt32BE(extentAt), length: iloc.readUInt32BE(extentAt + 4) };
    });
    all.push({ id, baseOffset, extents });
    at += 10 + 8 * count;
  }
  return all;
}

const locationBytes = ({ id, baseOffset, extents }: Location): Buffer =>
  Buffer.concat([
    uint(id, 2),
    uint(0, 2),
    uint(baseOffset, 4),
    uint(extents.length, 2),
    ...extents.flatMap(({ offset, length }) => [uint(offset, 4), uint(length, 4)]),
  ]);

const locationBox = (locations: readonly Location[]): Buffer =>
  boxBytes('iloc', uint(0, 4), uint(sizes, 2), uint(locations.length, 2), ...locations.map(locationBytes));

/** Version 2 of an item's entry: id, no protection, type, name. */
const entryBox = ({ type, names }: Item, id: number): Buffer =>
  boxBytes('infe', uint(0x02000000, 4), uint(id, 2), uint(0, 2), Buffer.from(type + names, 'latin1'));

/** "Describes": from an item to the picture. */
const describes = (id: number, primary: number): Buffer =>
  boxBytes('cdsc', uint(id, 2), uint(1, 2), uint(primary, 2));

interface Meta {
  readonly boxes: readonly BoxPart[];
  readonly locations: readonly Location[];
  readonly primary: number;
}

function metaOf(file: Buffer): Meta | undefined {
  const meta = [...boxesOf(file)].find(({ type }) => type === 'meta')?.body;
  const boxes = meta ? [...boxesOf(meta.subarray(4))] : [];
  const body = (type: string): Buffer | undefined => boxes.find((box) => box.type === type)?.body;
  const [iloc, iinf, pitm] = [body('iloc'), body('iinf'), body('pitm')];
  const locations = iloc && locationsOf(iloc);
  if (!locations || iinf?.[0] !== 0 || pitm?.[0] !== 0) return undefined;
  return { boxes, locations, primary: pitm.readUInt16BE(4) };
}

interface Added {
  readonly id: number;
  readonly item: Item;
  readonly location: Location;
}

function metaBytes(
  { boxes, primary }: Meta,
  added: readonly Added[],
  locations: readonly Location[],
): Buffer {
  const references = added.map(({ id }) => describes(id, primary));
  const grown: Readonly<Record<string, (body: Buffer) => Buffer>> = {
    iloc: () => locationBox(locations),
    iinf: (body) =>
      boxBytes(
        'iinf',
        uint(0, 4),
        uint(body.readUInt16BE(4) + added.length, 2),
        body.subarray(6),
        ...added.map(({ item, id }) => entryBox(item, id)),
      ),
    iref: (body) => boxBytes('iref', body, ...references),
  };
  const written = boxes.map(({ type, body }) => grown[type]?.(body) ?? boxBytes(type, body));
  const isReferring = boxes.some(({ type }) => type === 'iref');
  const rest = isReferring ? [] : [boxBytes('iref', uint(0, 4), ...references)];
  return boxBytes('meta', uint(0, 4), ...written, ...rest);
}

/** Moves the data of an item by a number of bytes. */
const moveLocation = (location: Location, by: number): Location =>
  location.baseOffset > 0
    ? { ...location, baseOffset: location.baseOffset + by }
    : {
        ...location,
        extents: location.extents.map(({ offset, length }) => ({ offset: offset + by, length })),
      };

/** Puts blocks into an AVIF (ISO/IEC 23008-12, annex A): items whose bytes come last in the file. */
export function intoAvif(file: Buffer, { exif, xmp }: Blocks): Buffer {
  const items: readonly Item[] = [
    ...(exif ? [{ type: 'Exif', names: '\0', data: Buffer.concat([uint(0, 4), exif]) }] : []),
    ...(xmp ? [{ type: 'mime', names: '\0application/rdf+xml\0', data: xmp }] : []),
  ];
  const meta = metaOf(file);
  const metaAt = file.indexOf('meta', 0, 'latin1') - 4;
  if (meta === undefined || items.length === 0) return file;
  const firstId = 1 + Math.max(...meta.locations.map(({ id }) => id));
  const oldBytes = file.readUInt32BE(metaAt);
  let at = file.length + 8;
  const added = items.map((item, index): Added => {
    const id = firstId + index;
    const location = { id, baseOffset: 0, extents: [{ offset: at, length: item.data.length }] };
    at += item.data.length;
    return { id, item, location };
  });
  const locations = [...meta.locations, ...added.map(({ location }) => location)];
  const growth = metaBytes(meta, added, locations).length - oldBytes;
  const shifted = locations.map((location) => moveLocation(location, growth));
  return Buffer.concat([
    file.subarray(0, metaAt),
    metaBytes(meta, added, shifted),
    file.subarray(metaAt + oldBytes),
    boxBytes('mdat', ...items.map(({ data }) => data)),
  ]);
}
