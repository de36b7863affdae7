import { totalmem } from 'node:os';
import { type CodecPool, createCodecPool, warmCodecs } from '../../engine/catalog.ts';
import type { ServeConfig } from '../settings/config.ts';

/** Smaller containers need the memory for pictures. */
const leastWarmBytes = 2 ** 30;
/** Lets the requests that a service was started for go first. */
const warmDelayMs = 1000;

const hasMemory = (): boolean =>
  Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY) >= leastWarmBytes;

/** The codec workers of the service; with WARM_CODECS, one of them loads ImageMagick soon and stays. */
export function openCodecs({
  CONVERSIONS,
  CONVERSION_SECONDS,
  WARM_CODECS = hasMemory(),
}: Pick<ServeConfig, 'CONVERSIONS' | 'CONVERSION_SECONDS' | 'WARM_CODECS'>): CodecPool {
  const codecs = createCodecPool({
    // One more than conversions, for placeholders, which have a queue of their own.
    workers: CONVERSIONS + 1,
    timeoutMs: CONVERSION_SECONDS * 1000,
    kept: WARM_CODECS ? 1 : 0,
  });
  // After a failure, the first picture that needs the codec reports the reason.
  if (WARM_CODECS) setTimeout(() => void warmCodecs(codecs).catch(() => {}), warmDelayMs).unref();
  return codecs;
}
