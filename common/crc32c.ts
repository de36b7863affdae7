/** CRC-32 of Castagnoli, reflected: Cloud Storage's checksum of every object. node:zlib has only the other one. */
const polynomial = 0x82f63b78;

const instance = async () => (await import('hash-wasm')).createCRC32(polynomial);

/** As Cloud Storage writes it: base64 of four bytes, big-endian. */
const textOf = (sum: { digest(as: 'binary'): Uint8Array }): string =>
  Buffer.from(sum.digest('binary')).toString('base64');

export interface Crc32c {
  update(data: Uint8Array): void;
  text(): string;
}

/** A checksum of bytes that come piece by piece. */
export async function startCrc32c(): Promise<Crc32c> {
  const sum = (await instance()).init();
  return { update: (data) => void sum.update(data), text: () => textOf(sum) };
}

let shared: ReturnType<typeof instance> | undefined;

/** The checksum of all of `data`. */
export async function crc32cOf(data: Uint8Array): Promise<string> {
  shared ??= instance();
  return textOf((await shared).init().update(data));
}
