/** CRC-32C (Castagnoli), reflected: Cloud Storage's checksum of objects. node:zlib only has CRC-32. */
const polynomial = 0x82f63b78;

const create = async () => (await import('hash-wasm')).createCRC32(polynomial);
type Sum = Awaited<ReturnType<typeof create>>;

/** Instances that are not in use: to create one takes as long as the sum of half a megabyte. */
const idle: Sum[] = [];

export interface Crc32c {
  update(data: Uint8Array): void;
  /** The form that Cloud Storage uses: base64 of four bytes, big-endian. Call it once, at the end. */
  text(): string;
}

/** Starts a checksum of bytes that arrive in chunks. */
export async function startCrc32c(): Promise<Crc32c> {
  const sum = (idle.pop() ?? (await create())).init();
  return {
    update: (data) => void sum.update(data),
    text: () => {
      idle.push(sum);
      return Buffer.from(sum.digest('binary')).toString('base64');
    },
  };
}

/** The checksum of all of `data`. */
export async function crc32cOf(data: Uint8Array): Promise<string> {
  const sum = await startCrc32c();
  sum.update(data);
  return sum.text();
}
