import { randomFillSync } from 'node:crypto';

const poolBytes = 4096;

/** So many random bytes (up to 4096) in hexadecimal. Asks the system for many at a time: each asking costs. */
export function randomHex(): (bytes: number) => string {
  const pool = Buffer.alloc(poolBytes);
  let used = poolBytes;
  return (bytes) => {
    if (used + bytes > poolBytes) {
      randomFillSync(pool);
      used = 0;
    }
    used += bytes;
    return pool.toString('hex', used - bytes, used);
  };
}
