import { createCodecPool } from '../../../engine/codec_worker/pool.ts';
import { conversionOf } from '../../../engine/conversion.ts';
import { type Converted, type ConvertOptions, convert } from '../../../engine/convert.ts';
import type { DoorName } from '../../../engine/door_defaults.ts';
import { defaultLimits } from '../../../engine/limits.ts';
import type { Params } from '../../../engine/params.ts';

/** The worker that all conversions of a test file share; close it when they are done. */
export const isolated = createCodecPool();

export interface RunOptions extends Partial<ConvertOptions> {
  readonly door?: DoorName;
  readonly operation?: string;
  readonly accept?: readonly string[];
}

/** One conversion as a door would ask for it. */
export async function run(input: Buffer, params: Params, options: RunOptions = {}): Promise<Converted> {
  const { door = 'inline', operation = 'convert', accept, ...rest } = options;
  const conversion = conversionOf([{ operation, params }], door, accept);
  const fetchImage = () => Promise.reject(new Error('nothing to fetch'));
  return await convert(input, conversion, { limits: defaultLimits, codecs: isolated, fetchImage, ...rest });
}
