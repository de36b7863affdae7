import { Problem } from '../../common/problem.ts';
import type { Encoded } from '../formats/format.ts';
import type { Output } from '../output.ts';
import { aimed } from './quality_line.ts';

/** What an outcome at one quality says of the next try. */
type Verdict = 'higher' | 'lower' | 'enough';

export interface Try {
  readonly quality: number;
  readonly made: Encoded;
  /** How like the original it is; undefined where nobody asked. */
  readonly similarity?: number;
}

/** Encodes at a quality; measures similarity only when told to. */
export type Attempt = (quality: number, measure: boolean) => Promise<Try>;

const maxTries = 6;
/** Nearer to the target is not worth another encode. */
const nearEnough = 0.0015;
const defaultSimilarity = 0.97;

export const searches = ({ maxBytes, autoQuality }: Output): boolean => Boolean(maxBytes || autoQuality);

function verdict(
  { made, similarity }: Try,
  { maxBytes = Number.POSITIVE_INFINITY, similarity: target = defaultSimilarity }: Output,
): Verdict {
  if (made.data.length > maxBytes) return 'lower';
  if (similarity === undefined) return 'higher';
  if (Math.abs(similarity - target) <= nearEnough) return 'enough';
  return similarity < target ? 'higher' : 'lower';
}

/** The quality that similarity points to; undefined where bytes have the say. */
function aim(
  tries: readonly Try[],
  { maxBytes = Number.POSITIVE_INFINITY, similarity = defaultSimilarity }: Output,
): number | undefined {
  return tries.every(({ made }) => made.data.length <= maxBytes) ? aimed(tries, similarity) : undefined;
}

/** The middle where there is no aim. */
const between = (low: number, high: number, target = Math.floor((low + high) / 2)): number =>
  Math.max(low, Math.min(high, target));

/** The better of those that fit: nearest to the target, or of the highest quality where there is none. */
function best(
  tries: readonly Try[],
  { maxBytes = Number.POSITIVE_INFINITY, similarity: target = defaultSimilarity }: Output,
): Try | undefined {
  const miss = ({ similarity, quality }: Try): number =>
    similarity === undefined ? -quality : Math.abs(similarity - target);
  return tries.filter(({ made }) => made.data.length <= maxBytes).sort((a, b) => miss(a) - miss(b))[0];
}

/**
 * The picture at the quality that comes nearest to the similarity asked for (`quality=auto`), or the highest one within
 * `maxbytes`, or both, in at most six encodes.
 * @throws Problem `output_too_large` when even the lowest quality tried takes more bytes.
 */
export async function searched(attempt: Attempt, output: Output): Promise<Encoded> {
  const tries: Try[] = [];
  // The quality asked for is the most that a limit of bytes may leave.
  const most = output.autoQuality ? 100 : (output.quality ?? output.defaultQuality);
  let [low, high] = [1, most];
  let quality = output.autoQuality ? output.defaultQuality : most;
  while (tries.length < maxTries && low <= high) {
    const one = await attempt(quality, output.autoQuality ?? false);
    tries.push(one);
    const next = verdict(one, output);
    if (next === 'enough') break;
    if (next === 'higher') low = quality + 1;
    else high = quality - 1;
    // The last try of a limit of bytes is the smallest there is, if nothing has fitted so far.
    const desperate = tries.length === maxTries - 1 && best(tries, output) === undefined;
    quality = desperate ? low : between(low, high, aim(tries, output));
  }
  const chosen = best(tries, output);
  if (chosen) return { ...chosen.made, quality: chosen.quality };
  const least = Math.min(...tries.map(({ made }) => made.data.length));
  throw new Problem(
    'output_too_large',
    `maxbytes: the output takes ${least} bytes; the limit is ${output.maxBytes}`,
  );
}
