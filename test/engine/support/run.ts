import { afterAll } from '@jest/globals';
import { readFields } from '../../../common/fields/field.ts';
import { Problem } from '../../../common/problem.ts';
import { type CodecPool, createCodecPool } from '../../../engine/codec_worker/pool.ts';
import { conversionOf, type Step } from '../../../engine/conversion.ts';
import { type Converted, convert, type FetchImage } from '../../../engine/convert.ts';
import type { DoorName } from '../../../engine/door_defaults.ts';
import { defaultLimits, type Limits } from '../../../engine/limits.ts';
import { params } from '../../../engine/params.ts';

/** A step as a person would write it: `resize width=300&height=200`. */
function step(text: string, ignoreFailure = false): Step {
  const [operation = '', query = ''] = text.split(/ (.*)/s);
  const { values, errors } = readFields(params, new URLSearchParams(query), 'lenient');
  if (errors.length > 0) throw new Problem('invalid_param', `${text}: ${JSON.stringify(errors)}`);
  return { operation, params: values, ...(ignoreFailure ? { ignoreFailure } : {}) };
}

/** Draws SVGs, and whatever else is not for this process. */
export const codecs = createCodecPool();
afterAll(() => codecs.close());

export interface RunOptions {
  readonly door?: DoorName;
  readonly limits?: Partial<Limits>;
  readonly fetchImage?: FetchImage;
  readonly codecs?: CodecPool;
}

const nothingToFetch: FetchImage = (url) =>
  Promise.reject(new Problem('remote_failed', `Unable to retrieve watermark image. ${url}`));

/** Converts through steps written as text or made by `step`. */
export async function run(
  input: Buffer,
  steps: string | readonly (string | Step)[],
  { door = 'onthefly', limits = {}, fetchImage = nothingToFetch, codecs: chosen = codecs }: RunOptions = {},
): Promise<Converted> {
  const all = [steps].flat().map((one) => (typeof one === 'string' ? step(one) : one));
  return await convert(input, conversionOf(all, door), {
    limits: { ...defaultLimits, ...limits },
    fetchImage,
    codecs: chosen,
  });
}

/** The code of the Problem that `work` ends with, or `none`. Anything else thrown is thrown on. */
export async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'none';
  } catch (error) {
    if (error instanceof Problem) return error.code;
    throw error;
  }
}
