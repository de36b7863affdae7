import { randomFillSync } from 'node:crypto';

const poolBytes = 4096;

/** Random bytes (up to 4096) in hexadecimal. Requests many at a time, because each request to the system is costly. */
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
