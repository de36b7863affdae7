import { crc32 } from 'node:zlib';

export const pngSignature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');

export interface PngChunk {
  readonly type: string;
  readonly data: Buffer;
}

/** The chunks of a PNG up to the first damaged one (PNG, 5.3). Checksums are left to the decoder. */
export function* chunksOf(png: Buffer): Generator<PngChunk> {
  for (let at = pngSignature.length; at + 12 <= png.length; ) {
    const length = png.readUInt32BE(at);
    const end = at + 8 + length;
    if (end + 4 > png.length) return;
    yield { type: png.toString('latin1', at + 4, at + 8), data: png.subarray(at + 8, end) };
    at = end + 4;
  }
}

export function chunkBytes({ type, data }: PngChunk): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, check]);
}

export const pngOf = (chunks: readonly PngChunk[]): Buffer =>
  Buffer.concat([pngSignature, ...chunks.map(chunkBytes)]);

/** The compressed pixels of a PNG. */
export const pixelData = (png: Buffer): Buffer =>
  Buffer.concat([...chunksOf(png)].filter(({ type }) => type === 'IDAT').map(({ data }) => data));
