/** CRC-32 of Castagnoli (polynomial 0x1EDC6F41, reflected), eight bytes a step; node:zlib has only the other one. */
const tables = Array.from({ length: 8 }, () => new Int32Array(256));
const table = (slice: number): Int32Array => tables[slice] as Int32Array;

for (let byte = 0; byte < 256; byte++) {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  table(0)[byte] = crc;
}
for (let byte = 0; byte < 256; byte++) {
  for (let slice = 1; slice < 8; slice++) {
    const before = table(slice - 1)[byte] as number;
    table(slice)[byte] = (before >>> 8) ^ (table(0)[before & 255] as number);
  }
}
const [t0, t1, t2, t3, t4, t5, t6, t7] = tables as [
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
];

/** Extends `crc` (0 for the first chunk) by `data`; unsigned. */
export function crc32c(data: Uint8Array, crc = 0): number {
  const at = (table: Int32Array, index: number): number => table[index] as number;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  let state = ~crc;
  let offset = 0;
  for (; offset + 8 <= data.length; offset += 8) {
    const low = view.getInt32(offset, true) ^ state;
    const high = view.getInt32(offset + 4, true);
    state =
      at(t7, low & 255) ^
      at(t6, (low >>> 8) & 255) ^
      at(t5, (low >>> 16) & 255) ^
      at(t4, low >>> 24) ^
      at(t3, high & 255) ^
      at(t2, (high >>> 8) & 255) ^
      at(t1, (high >>> 16) & 255) ^
      at(t0, high >>> 24);
  }
  for (; offset < data.length; offset++) {
    state = (state >>> 8) ^ at(t0, (state ^ (data[offset] as number)) & 255);
  }
  return ~state >>> 0;
}

/** Cloud Storage writes the checksum as base64 of its four bytes, big-endian. */
export function crc32cText(crc: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc);
  return bytes.toString('base64');
}
