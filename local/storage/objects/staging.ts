import { createHash } from 'node:crypto';
import { closeSync, createReadStream, openSync, writeFileSync } from 'node:fs';
import { startCrc32c } from '../../../common/crc32c.ts';
import { refusal } from '../api/refusal.ts';

/** Bytes on disk before they become an object, with their checksums. */
export type Staged = {
  readonly file: string;
  readonly size: number;
  readonly md5Hash?: string;
  readonly crc32c: string;
  readonly componentCount?: number;
};

/** The attributes that depend on the bytes only; a copy has the same. */
export const measuresOf = ({
  size,
  md5Hash,
  crc32c,
  componentCount,
}: Omit<Staged, 'file'>): Omit<Staged, 'file'> => ({
  size,
  crc32c,
  ...(md5Hash === undefined ? {} : { md5Hash }),
  ...(componentCount === undefined ? {} : { componentCount }),
});

/** @throws Refusal 400 when the caller's checksum differs. */
export function checkSums(staged: Staged, expected: Partial<Staged>): void {
  for (const sum of ['md5Hash', 'crc32c'] as const) {
    const wanted = expected[sum];
    if (wanted === undefined || wanted === staged[sum]) continue;
    throw refusal(400, `Provided ${sum} '${wanted}' does not match the calculated '${staged[sum]}'`);
  }
}

/** Writes `source` to `file` and computes its size and checksums. */
export async function stage(source: AsyncIterable<Uint8Array>, file: string): Promise<Staged> {
  const sums = await startSums();
  const descriptor = openSync(file, 'wx');
  try {
    for await (const chunk of source) {
      sums.add(chunk);
      // The system keeps it in memory for now: that takes less time than the way to a thread and back.
      writeFileSync(descriptor, chunk);
    }
  } finally {
    closeSync(descriptor);
  }
  return { file, ...sums.end() };
}

/** Few large reads cost less than many small ones. */
const highWaterMark = 1024 * 1024;

/** Computes size and checksums of the bytes in `file`. */
export async function fingerprint(file: string): Promise<Staged> {
  const sums = await startSums();
  for await (const chunk of createReadStream(file, { highWaterMark })) sums.add(chunk);
  return { file, ...sums.end() };
}

async function startSums() {
  const md5 = createHash('md5');
  const crc = await startCrc32c();
  let size = 0;
  return {
    add(chunk: Uint8Array) {
      md5.update(chunk);
      crc.update(chunk);
      size += chunk.length;
    },
    end: () => ({ size, md5Hash: md5.digest('base64'), crc32c: crc.text() }),
  };
}
