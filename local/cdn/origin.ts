import type { Readable } from 'node:stream';
import { Pool } from 'undici';
import type { HeaderMap } from './policy.ts';

export type OriginAnswer = {
  readonly status: number;
  readonly headers: HeaderMap;
  readonly body: Readable;
  /** Ends a response whose body is not needed; destroying the body would raise an unhandled error. */
  readonly discard: () => Promise<void>;
};

export type BucketOrigin = ReturnType<typeof createBucketOrigin>;

/** Hop-by-hop headers, and those that the CDN sets itself. */
const dropped = new Set(['connection', 'keep-alive', 'transfer-encoding', 'date', 'age', 'via']);

/** Fetches public objects of `bucket` by their raw path, so that no name is resolved or re-encoded. */
export function createBucketOrigin(origin: string, bucket: string) {
  const pool = new Pool(origin, { connections: 64, headersTimeout: 30_000, bodyTimeout: 30_000 });
  return {
    async fetch(path: string, method: 'GET' | 'HEAD', headers: HeaderMap): Promise<OriginAnswer> {
      const {
        statusCode,
        headers: got,
        body,
      } = await pool.request({ path: `/${bucket}${path}`, method, headers });
      const pairs = Object.entries(got).flatMap(([name, value]) => {
        return value === undefined || dropped.has(name) ? [] : [[name, [value].flat().join(', ')]];
      });
      return { status: statusCode, headers: Object.fromEntries(pairs), body, discard: () => body.dump() };
    },
    close: () => pool.destroy(),
  };
}
