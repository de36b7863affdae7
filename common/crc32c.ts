import { once } from './once.ts';

/** CRC-32C (Castagnoli), reflected: Cloud Storage's checksum of objects. node:zlib only has CRC-32. */
const polynomial = 0x82f63b78;

const instance = async () => (await import('hash-wasm')).createCRC32(polynomial);

/** The form that Cloud Storage uses: base64 of four bytes, big-endian. */
const textOf = (sum: { digest(as: 'binary'): Uint8Array }): string =>
  Buffer.from(sum.digest('binary')).toString('base64');

export interface Crc32c {
  update(data: Uint8Array): void;
  text(): string;
}

/** Starts a checksum of bytes that arrive in chunks. */
export async function startCrc32c(): Promise<Crc32c> {
  const sum = (await instance()).init();
  return { update: (data) => void sum.update(data), text: () => textOf(sum) };
}

const shared = once(instance);

/** The checksum of all of `data`. */
export async function crc32cOf(data: Uint8Array): Promise<string> {
  return textOf((await shared()).init().update(data));
}
