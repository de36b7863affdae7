/** A Photoshop file by its specification: no compression, one composite. */
export interface Psd {
  /** 1 grey, 3 RGB, 4 CMYK, 7 multichannel, 9 Lab. */
  readonly mode: number;
  readonly bits: 8 | 16 | 32;
  /** Each of one value, from 0 to 1. */
  readonly channels: readonly number[];
  /** A layer count below zero says that the first channel after the colours is the opacity of the whole. */
  readonly layerCount?: number;
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

/** One empty layer, which is enough to carry a count. */
function layers(count: number): Buffer {
  if (count === 0) return uint32(0);
  const number = Buffer.alloc(2);
  number.writeInt16BE(count);
  const record = Buffer.concat([Buffer.alloc(16 + 2), Buffer.from('8BIMnorm'), Buffer.from([255, 0, 0, 0])]);
  const extra = Buffer.concat([uint32(0), uint32(0), Buffer.from([0, 0, 0, 0])]);
  const info = Buffer.concat([number, record, uint32(extra.length), extra]);
  return Buffer.concat([uint32(4 + info.length + 4), uint32(info.length), info, uint32(0)]);
}

export function psd({ mode, bits, channels, layerCount = 0 }: Psd): Buffer {
  const head = Buffer.alloc(26);
  head.write('8BPS\0\x01', 0, 'latin1');
  head.writeUInt16BE(channels.length, 12);
  head.writeUInt32BE(side, 14);
  head.writeUInt32BE(side, 18);
  head.writeUInt16BE(bits, 22);
  head.writeUInt16BE(mode, 24);
  const planes = channels.map((value) => Buffer.alloc(side * side * (bits / 8), writers[bits](value)));
  return Buffer.concat([head, uint32(0), uint32(0), layers(layerCount), Buffer.alloc(2), ...planes]);
}
