import { stemOf } from '../../engine/catalog.ts';
import type { StreamConfig } from '../settings/config.ts';

const contentHash = /(^|[-.])[0-9a-f]{8,64}$/i;
const immutable = 'public, max-age=31536000, immutable';

/**
 * The cache header of an output of the inline door. A name can be written again, so CACHE_CONTROL (its default is in
 * cloud/settings.ts) keeps it for a short time; a name that carries a content hash cannot.
 */
export const cacheControl = (
  object: string,
  { CACHE_CONTROL, IMMUTABLE_NAMES }: Pick<StreamConfig, 'CACHE_CONTROL' | 'IMMUTABLE_NAMES'>,
): string => (IMMUTABLE_NAMES && contentHash.test(stemOf(object)) ? immutable : CACHE_CONTROL);
