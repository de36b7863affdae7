import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { crc32c, crc32cText } from './crc32c.ts';
import { refusal } from './refusal.ts';

/** Bytes on disk that are not an object yet, with their checksums. */
export type Staged = {
  readonly file: string;
  readonly size: number;
  readonly md5Hash: string;
  readonly crc32c: string;
};

/** @throws Refusal 400 when the caller stated another checksum. */
export function checkSums(staged: Staged, expected: Partial<Staged>): void {
  for (const sum of ['md5Hash', 'crc32c'] as const) {
    const wanted = expected[sum];
    if (wanted === undefined || wanted === staged[sum]) continue;
    throw refusal(400, `Provided ${sum} '${wanted}' does not match the calculated '${staged[sum]}'`);
  }
}

/** Writes `source` to `file`, measures it, and forces it to the disk. */
export async function stage(source: AsyncIterable<Uint8Array>, file: string): Promise<Staged> {
  const handle = await open(file, 'wx');
  try {
    const staged = await measure(source, file, (chunk) => handle.writeFile(chunk));
    await handle.sync();
    return staged;
  } finally {
    await handle.close();
  }
}

/** Size and checksums of bytes that are already in `file`, forced to the disk. */
export async function fingerprint(file: string): Promise<Staged> {
  const handle = await open(file, 'r+');
  try {
    const staged = await measure(
      handle.createReadStream({ start: 0, autoClose: false }),
      file,
      async () => {},
    );
    await handle.sync();
    return staged;
  } finally {
    await handle.close();
  }
}

async function measure(
  source: AsyncIterable<Uint8Array>,
  file: string,
  keep: (chunk: Uint8Array) => Promise<void>,
): Promise<Staged> {
  const md5 = createHash('md5');
  let crc = 0;
  let size = 0;
  for await (const chunk of source) {
    md5.update(chunk);
    crc = crc32c(chunk, crc);
    size += chunk.length;
    await keep(chunk);
  }
  return { file, size, md5Hash: md5.digest('base64'), crc32c: crc32cText(crc) };
}
