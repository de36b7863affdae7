import { has } from '../sniff/bytes.ts';
import type { Rewrite } from './rewrite.ts';

const headerBytes = 512;

/** The table of row offsets and lengths, with the grey rows three times. The larger table moves all rows back. */
function tablesFor(data: Buffer, height: number, planes: readonly number[], channels: number): Buffer {
  const added = (planes.length - channels) * height * 8;
  const table = Buffer.alloc(planes.length * height * 8);
  for (const [to, from] of planes.entries())
    for (let y = 0; y < height; y += 1) {
      const at = headerBytes + (from * height + y) * 4;
      table.writeUInt32BE(data.readUInt32BE(at) + added, (to * height + y) * 4);
      table.writeUInt32BE(
        data.readUInt32BE(at + channels * height * 4),
        ((planes.length + to) * height + y) * 4,
      );
    }
  return table;
}

/** Turns 16-bit grey, and grey with opacity, into colours: ImageMagick takes them for indices of a palette. */
export const rewriteSgi: Rewrite = (data) => {
  const [isPacked, bytes] = [data[2] === 1, data[3] ?? 0];
  if (!has(data, '\x01\xda') || data.length < headerBytes) return { data };
  const [width, rows, channels] = [6, 8, 10].map((at) => data.readUInt16BE(at)) as [number, number, number];
  if (channels !== 2 && !(channels === 1 && bytes === 2)) return { data };
  const height = data.readUInt16BE(4) === 1 ? 1 : rows;
  const planes = channels === 1 ? [0, 0, 0] : [0, 0, 0, 1];
  const bodyAt = headerBytes + (isPacked ? channels * height * 8 : 0);
  if (data.length < bodyAt) return { data };
  const head = Buffer.from(data.subarray(0, headerBytes));
  for (const [at, value] of [3, width, height, planes.length].entries())
    head.writeUInt16BE(value, 4 + at * 2);
  const size = width * height * bytes;
  const body = isPacked
    ? [tablesFor(data, height, planes, channels), data.subarray(bodyAt)]
    : planes.map((plane) => data.subarray(bodyAt + plane * size, bodyAt + (plane + 1) * size));
  return { data: Buffer.concat([head, ...body]) };
};
