import { totalmem } from 'node:os';
import { type CodecPool, createCodecPool, warmCodecs } from '../../engine/catalog.ts';
import type { ServeConfig } from '../settings/config.ts';

/** A container with less memory needs it for pictures. */
const leastWarmBytes = 2 ** 30;
/** Later than the first requests of a service that was started for them. */
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
  // If it fails, the first picture that needs the codec tells why.
  if (WARM_CODECS) setTimeout(() => void warmCodecs(codecs).catch(() => {}), warmDelayMs).unref();
  return codecs;
}
