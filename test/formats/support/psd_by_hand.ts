/** A Photoshop file by its specification: no compression, one composite. */
export interface Psd {
  /** 1 grey, 3 RGB, 4 CMYK, 7 multichannel, 9 Lab. */
  readonly mode: number;
  readonly bits: 8 | 16 | 32;
  /** Each of one value, from 0 to 1. */
  readonly channels: readonly number[];
  /**
   * The number of layers; absent: there is no list of them. Below zero it says that the first channel after the colours
   * is the opacity of the whole.
   */
  readonly layerCount?: number;
  /** Rows packed in runs, each of literal bytes. */
  readonly packed?: boolean;
  /** PSB: lengths of eight bytes, and of four for rows. */
  readonly large?: boolean;
}

export const side = 16;

const uint32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

const writers = {
  8: (value: number) => Buffer.from([Math.round(value * 255)]),
  16: (value: number) => {
    const bytes = Buffer.alloc(2);
    bytes.writeUInt16BE(Math.round(value * 65535));
    return bytes;
  },
  32: (value: number) => {
    const bytes = Buffer.alloc(4);
    bytes.writeFloatBE(value);
    return bytes;
  },
} as const;

const long = (value: number, large: boolean): Buffer =>
  large ? Buffer.concat([uint32(0), uint32(value)]) : uint32(value);

/** So many empty layers; below zero, with the mark of opacity. Undefined: no list of layers. */
function layers(count: number | undefined, large: boolean): Buffer {
  if (count === undefined) return long(0, large);
  const number = Buffer.alloc(2);
  number.writeInt16BE(count);
  const record = Buffer.concat([Buffer.alloc(16 + 2), Buffer.from('8BIMnorm'), Buffer.from([255, 0, 0, 0])]);
  const extra = Buffer.concat([uint32(0), uint32(0), Buffer.from([0, 0, 0, 0])]);
  const layer = Buffer.concat([record, uint32(extra.length), extra]);
  const info = Buffer.concat([number, ...Array.from({ length: Math.abs(count) }, () => layer)]);
  const whole = Buffer.concat([long(info.length, large), info, uint32(0)]);
  return Buffer.concat([long(whole.length, large), whole]);
}

function packed(rows: readonly Buffer[], large: boolean): Buffer {
  const runs = rows.map((bytes) => Buffer.concat([Buffer.from([bytes.length - 1]), bytes]));
  const lengths = runs.map(({ length }) => uint32(length).subarray(large ? 0 : 2));
  return Buffer.concat([Buffer.from([0, 1]), ...lengths, ...runs]);
}

export function psd({ mode, bits, channels, layerCount, large = false, ...rest }: Psd): Buffer {
  const head = Buffer.alloc(26);
  head.write('8BPS', 0, 'latin1');
  head.writeUInt16BE(large ? 2 : 1, 4);
  head.writeUInt16BE(channels.length, 12);
  head.writeUInt32BE(side, 14);
  head.writeUInt32BE(side, 18);
  head.writeUInt16BE(bits, 22);
  head.writeUInt16BE(mode, 24);
  const rows = channels.flatMap((value) =>
    Array.from({ length: side }, () => Buffer.alloc(side * (bits / 8), writers[bits](value))),
  );
  const merged = rest.packed ? packed(rows, large) : Buffer.concat([Buffer.alloc(2), ...rows]);
  return Buffer.concat([head, uint32(0), uint32(0), layers(layerCount, large), merged]);
}
