export type TokenBucket = { readonly tokens: number; readonly atMs: number };
export type Rate = { readonly perSecond: number; readonly burst: number };

export function fullBucket(rate: Rate, nowMs: number): TokenBucket {
  return { tokens: rate.burst, atMs: nowMs };
}

/** The bucket at `nowMs`; it never holds more than the burst. */
export function refill(bucket: TokenBucket, rate: Rate, nowMs: number): TokenBucket {
  const gained = (Math.max(0, nowMs - bucket.atMs) / 1000) * rate.perSecond;
  return { tokens: Math.min(rate.burst, bucket.tokens + gained), atMs: nowMs };
}

/** Milliseconds until a refilled bucket has a whole token. */
export function waitMs(bucket: TokenBucket, rate: Rate): number {
  return bucket.tokens >= 1 ? 0 : Math.ceil(((1 - bucket.tokens) / rate.perSecond) * 1000);
}

export function takeOne(bucket: TokenBucket): TokenBucket {
  return { ...bucket, tokens: bucket.tokens - 1 };
}
