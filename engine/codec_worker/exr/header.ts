import { Problem } from '../../../common/problem.ts';
import type { Box } from '../../transform/geometry.ts';

/** A channel of OpenEXR, with one sample for every `every` columns and rows. */
export interface Channel {
  readonly name: string;
  /** 0 unsigned integer, 1 half, 2 float. */
  readonly type: number;
  /** Whether lossy compressions store its power (`pLinear`). */
  readonly isPower: boolean;
  readonly every: { readonly x: number; readonly y: number };
}

/** A channel within a block: its samples a row, its rows, and bytes a sample. */
export interface Extent {
  readonly width: number;
  readonly height: number;
  readonly bytes: number;
  /** 0 unsigned integer, 1 half, 2 float. */
  readonly type: number;
  /** Whether lossy compressions store its power. */
  readonly isPower: boolean;
  /** The rows of the block in which it has samples. */
  readonly rows: ReadonlySet<number>;
}

/** One picture of a file. */
export interface Part {
  readonly channels: readonly Channel[];
  readonly compression: number;
  readonly data: Box;
  /** Sides of the tiles. Without tiles, the part is stored in rows. */
  readonly tile?: { readonly width: number; readonly height: number };
  readonly isDeep: boolean;
  /** The number of stored pieces, if the header says it. */
  readonly chunks?: number;
  /** x and y of red, green, blue and white. */
  readonly chromaticities?: readonly number[];
}

export interface Exr {
  readonly parts: readonly Part[];
  readonly isMultiPart: boolean;
  /** Offset of the end of the headers. */
  readonly end: number;
}

const flags = { tiled: 0x200, deep: 0x800, multiPart: 0x1000 };

const corrupt = (reason: string): Problem =>
  new Problem('corrupt_image', `Cannot decode image: EXR ${reason}`);

const mostWord = 256;

function wordAt(input: Buffer, at: number): string {
  const end = input.indexOf(0, at);
  if (end < 0 || end - at > mostWord) throw corrupt('header has no end');
  return input.toString('latin1', at, end);
}

function channelsOf(value: Buffer): readonly Channel[] {
  const channels: Channel[] = [];
  for (let at = 0; value.readUInt8(at) !== 0; ) {
    const name = wordAt(value, at);
    at += name.length + 1;
    const [x, y] = [value.readInt32LE(at + 8), value.readInt32LE(at + 12)];
    if (x < 1 || y < 1) throw corrupt(`channel ${name} has no sampling`);
    channels.push({
      name,
      type: value.readInt32LE(at),
      isPower: value.readUInt8(at + 4) !== 0,
      every: { x, y },
    });
    at += 16;
  }
  return channels;
}

function boxOf(value: Buffer): Box {
  const [left, top, right, bottom] = [0, 4, 8, 12].map((at) => value.readInt32LE(at)) as [
    number,
    number,
    number,
    number,
  ];
  if (right < left || bottom < top) throw corrupt('has an empty data window');
  return { left, top, width: right - left + 1, height: bottom - top + 1 };
}

interface Attributes {
  readonly values: ReadonlyMap<string, Buffer>;
  readonly end: number;
}

/** The attributes of one header, which ends with an empty name. */
function attributesAt(input: Buffer, from: number): Attributes {
  const values = new Map<string, Buffer>();
  let at = from;
  while (input.readUInt8(at) !== 0) {
    const name = wordAt(input, at);
    const type = wordAt(input, at + name.length + 1);
    const sizeAt = at + name.length + type.length + 2;
    const size = input.readUInt32LE(sizeAt);
    at = sizeAt + 4 + size;
    if (at > input.length) throw corrupt('header is cut off');
    values.set(name, input.subarray(at - size, at));
  }
  return { values, end: at + 1 };
}

function partOf({ values }: Attributes, version: number): Part {
  const value = (name: string): Buffer => {
    const found = values.get(name);
    if (found === undefined) throw corrupt(`has no ${name}`);
    return found;
  };
  const type = values.get('type')?.toString('latin1').replace('\0', '');
  const tiles = values.get('tiles');
  const isTiled =
    type === undefined ? (version & flags.tiled) !== 0 : type.startsWith('tile') || type === 'deeptile';
  const chunks = values.get('chunkCount')?.readInt32LE(0);
  const colours = values.get('chromaticities');
  return {
    channels: channelsOf(value('channels')),
    compression: value('compression').readUInt8(0),
    data: boxOf(value('dataWindow')),
    isDeep: type?.startsWith('deep') ?? (version & flags.deep) !== 0,
    ...(isTiled && tiles ? { tile: { width: tiles.readUInt32LE(0), height: tiles.readUInt32LE(4) } } : {}),
    ...(chunks === undefined ? {} : { chunks }),
    ...(colours ? { chromaticities: Array.from({ length: 8 }, (_, at) => colours.readFloatLE(at * 4)) } : {}),
  };
}

/** Reads the headers of a file. @throws Problem `corrupt_image`, RangeError if the file is cut off. */
export function exrHeader(input: Buffer): Exr {
  const version = input.readUInt32LE(4);
  const isMultiPart = (version & flags.multiPart) !== 0;
  const parts: Part[] = [];
  let at = 8;
  do {
    const attributes = attributesAt(input, at);
    parts.push(partOf(attributes, version));
    at = attributes.end;
  } while (isMultiPart && input.readUInt8(at) !== 0);
  return { parts, isMultiPart, end: isMultiPart ? at + 1 : at };
}
