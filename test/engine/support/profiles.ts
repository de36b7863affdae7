import { deflateSync } from 'node:zlib';
import { chunksOf, pngOf } from '../../../engine/formats/apng/chunks.ts';

type Xyz = readonly [number, number, number];

/** Red, green and blue under D50, and the exponent of each curve; one exponent alone is a profile of grey. */
interface Primaries {
  readonly xyz?: readonly [Xyz, Xyz, Xyz];
  readonly gamma: number;
}

export const primaries = {
  'Display P3': {
    xyz: [
      [0.51512, 0.2412, -0.00105],
      [0.29198, 0.69225, 0.04189],
      [0.1571, 0.06657, 0.78407],
    ],
    gamma: 2.2,
  },
  'Adobe RGB': {
    xyz: [
      [0.60974, 0.31111, 0.01947],
      [0.20528, 0.62567, 0.06087],
      [0.14919, 0.06322, 0.74457],
    ],
    gamma: 563 / 256,
  },
  ProPhoto: {
    xyz: [
      [0.79767, 0.28804, 0],
      [0.13519, 0.71187, 0],
      [0.03134, 0.00009, 0.82521],
    ],
    gamma: 1.8,
  },
  grey: { gamma: 1.8 },
} as const satisfies Readonly<Record<string, Primaries>>;
export type ProfileName = keyof typeof primaries;

const uint32 = (...values: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [index, value] of values.entries()) bytes.writeInt32BE(value | 0, 4 * index);
  return bytes;
};
const fixed = (value: number): number => Math.round(value * 65_536);
const xyzTag = (xyz: Xyz): Buffer => Buffer.concat([Buffer.from('XYZ \0\0\0\0'), uint32(...xyz.map(fixed))]);
const whitePoint: Xyz = [0.9642, 1, 0.82491];

function curveTag(gamma: number): Buffer {
  const bytes = Buffer.concat([Buffer.from('curv\0\0\0\0'), uint32(1), Buffer.alloc(4)]);
  bytes.writeUInt16BE(Math.round(gamma * 256), 12);
  return bytes;
}

function textTag(kind: 'desc' | 'text', text: string): Buffer {
  const bytes = Buffer.from(`${kind}\0\0\0\0`);
  if (kind === 'text') return Buffer.concat([bytes, Buffer.from(`${text}\0\0\0`)]);
  return Buffer.concat([
    bytes,
    uint32(text.length + 1),
    Buffer.from(`${text}\0`),
    Buffer.alloc(79 - (text.length % 4)),
  ]);
}

/** A matrix profile, or one of grey, of ICC version 2. */
export function iccProfile({ xyz, gamma }: Primaries): Buffer {
  const colours: readonly (readonly [string, Buffer])[] = xyz
    ? [...'rgb'].flatMap((name, index) => [
        [`${name}XYZ`, xyzTag(xyz[index] ?? whitePoint)] as const,
        [`${name}TRC`, curveTag(gamma)] as const,
      ])
    : [['kTRC', curveTag(gamma)]];
  const tags = [
    ['desc', textTag('desc', 'made')],
    ['cprt', textTag('text', 'none')],
    ['wtpt', xyzTag(whitePoint)],
    ...colours,
  ] as const;
  const padded = tags.map(
    ([name, data]) => [name, Buffer.concat([data, Buffer.alloc(-data.length & 3)])] as const,
  );
  let at = 128 + 4 + 12 * tags.length;
  const table = padded.map(([name, data]) => {
    const entry = Buffer.concat([Buffer.from(name), uint32(at, data.length)]);
    at += data.length;
    return entry;
  });
  const header = Buffer.alloc(128);
  header.writeUInt32BE(at, 0);
  header.writeUInt32BE(0x02_40_00_00, 8);
  header.write(`mntr${xyz ? 'RGB ' : 'GRAY'}XYZ `, 12, 'latin1');
  header.write('acsp', 36, 'latin1');
  uint32(...whitePoint.map(fixed)).copy(header, 68);
  return Buffer.concat([header, uint32(tags.length), ...table, ...padded.map(([, data]) => data)]);
}

/** A PNG whose pixels are said to be of a profile. */
export function withProfile(png: Buffer, name: ProfileName): Buffer {
  const [head, ...rest] = [...chunksOf(png)];
  if (head === undefined) throw new Error('PNG: expected chunks, got none');
  const data = Buffer.concat([Buffer.from('made\0\0'), deflateSync(iccProfile(primaries[name]))]);
  return pngOf([head, { type: 'iCCP', data }, ...rest.filter(({ type }) => type !== 'iCCP')]);
}
