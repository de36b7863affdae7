/** A box of an ISO base media file or of JPEG XL (ISO/IEC 14496-12, 4.2). */
export interface BoxPart {
  readonly type: string;
  /** Without its length and type. */
  readonly body: Buffer;
}

/** The whole boxes in these bytes, up to the first that is cut off. */
export function* boxesOf(bytes: Buffer): Generator<BoxPart> {
  for (let at = 0; at + 8 <= bytes.length; ) {
    const short = bytes.readUInt32BE(at);
    const isLong = short === 1 && at + 16 <= bytes.length;
    const head = isLong ? 16 : 8;
    const length = isLong ? Number(bytes.readBigUInt64BE(at + 8)) : short || bytes.length - at;
    if (length < head || at + length > bytes.length) return;
    yield { type: bytes.toString('latin1', at + 4, at + 8), body: bytes.subarray(at + head, at + length) };
    at += length;
  }
}

export function boxBytes(type: string, ...bodies: readonly Buffer[]): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(8 + bodies.reduce((sum, { length }) => sum + length, 0));
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, ...bodies]);
}
