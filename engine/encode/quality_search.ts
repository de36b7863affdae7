import { Problem } from '../../common/problem.ts';
import type { Output } from '../conversion.ts';
import type { Encoded } from '../formats/format.ts';

/** The direction of the next try. */
type Direction = 'higher' | 'lower' | 'enough';

export interface Try {
  readonly quality: number;
  readonly encoded: Encoded;
  /** Similarity to the original; absent where only bytes count. */
  readonly similarity?: number;
}

/** Encodes at a quality, and measures the similarity if `measure`. */
export type EncodeTry = (quality: number, measure: boolean) => Promise<Try>;

const maxTries = 6;
/** Within this distance of the target, another encode is not worth its time. */
const nearEnough = 0.0015;
const defaultSimilarity = 0.97;
/**
 * Where no similarity is asked for, it leads no further down: gradients band and edges smear, which a mean over a flat
 * picture does not see.
 */
const leastAutoQuality = 30;

const leastQuality = ({ similarity }: Output): number => (similarity === undefined ? leastAutoQuality : 1);

export const needsSearch = ({ maxBytes, autoQuality }: Output): boolean => Boolean(maxBytes || autoQuality);

function nextDirection({ encoded, similarity, quality }: Try, output: Output): Direction {
  const { maxBytes = Number.POSITIVE_INFINITY, similarity: target = defaultSimilarity } = output;
  if (encoded.data.length > maxBytes) return 'lower';
  if (similarity === undefined) return 'higher';
  if (Math.abs(similarity - target) <= nearEnough) return 'enough';
  if (similarity < target) return 'higher';
  return quality > leastQuality(output) ? 'lower' : 'enough';
}

/** A try on logarithmic scales, on which loss falls in a nearly straight line as quality grows. */
interface Point {
  readonly x: number;
  /** The distance of the loss from the target. */
  readonly miss: number;
}

/** The slope of that line for most pictures and encoders, used until there are two tries. */
const usualSlope = -1.3;

const loss = (similarity: number): number => Math.log(1 - Math.min(similarity, 0.999_999));

/** The point on the other side of the target; its miss is halved after two tries on one side (Illinois rule). */
function oppositePoint(points: readonly Point[], near: Point): Point | undefined {
  const other = points.findLast(({ miss }) => miss > 0 !== near.miss > 0);
  const [last, previous] = points.toReversed();
  const isStuck = last && previous && last.miss > 0 === previous.miss > 0;
  return other && isStuck ? { x: other.x, miss: other.miss / 2 } : other;
}

/**
 * The quality at which a line through the tries so far, in their order, meets a similarity (0 to 1).
 * Undefined where no try is measured. The quality may be out of range, or one that was tried.
 */
function interpolateQuality(tries: readonly Try[], target: number): number | undefined {
  const points = tries.flatMap(({ quality, similarity }) =>
    similarity === undefined ? [] : { x: Math.log(quality), miss: loss(similarity) - loss(target) },
  );
  const [near, next] = points.toSorted((a, b) => Math.abs(a.miss) - Math.abs(b.miss));
  if (near === undefined) return undefined;
  const far = oppositePoint(points, near) ?? next;
  const slope = far ? (far.miss - near.miss) / (far.x - near.x) : usualSlope;
  return Math.round(Math.exp(near.x - near.miss / slope));
}

/** The quality to try next by similarity; undefined where the limit of bytes decides. */
function estimateQuality(tries: readonly Try[], output: Output): number | undefined {
  const { maxBytes = Number.POSITIVE_INFINITY, similarity = defaultSimilarity } = output;
  if (tries.some(({ encoded }) => encoded.data.length > maxBytes)) return undefined;
  const estimate = interpolateQuality(tries, similarity);
  return estimate && Math.max(leastQuality(output), estimate);
}

/** The target within bounds; without a target, the middle. */
const clampQuality = (low: number, high: number, target = Math.floor((low + high) / 2)): number =>
  Math.max(low, Math.min(high, target));

/** The best try that fits into `maxBytes`: the nearest to the target, or the one of the highest quality. */
function bestTry(
  tries: readonly Try[],
  { maxBytes = Number.POSITIVE_INFINITY, similarity: target = defaultSimilarity }: Output,
): Try | undefined {
  const miss = ({ similarity, quality }: Try): number =>
    similarity === undefined ? -quality : Math.abs(similarity - target);
  return tries.filter(({ encoded }) => encoded.data.length <= maxBytes).sort((a, b) => miss(a) - miss(b))[0];
}

/** The failure of an output that exceeds `maxbytes`. */
export const tooManyBytes = (bytes: number, { maxBytes }: Output): Problem =>
  new Problem('output_too_large', `maxbytes: expected at most ${maxBytes} bytes, got ${bytes}`);

/**
 * Finds the quality nearest to the similarity asked for (`quality=auto`), or the highest quality within `maxbytes`, or
 * both, in at most six encodes.
 * @throws Problem `output_too_large` when even the lowest quality tried takes more bytes.
 */
export async function searchQuality(attempt: EncodeTry, output: Output): Promise<Encoded> {
  const tries: Try[] = [];
  // With a limit of bytes, the quality asked for is the upper bound.
  const most = output.autoQuality ? 100 : (output.quality ?? output.defaultQuality);
  let [low, high] = [1, most];
  let quality = output.autoQuality ? output.defaultQuality : most;
  while (tries.length < maxTries && low <= high) {
    const one = await attempt(quality, output.autoQuality ?? false);
    tries.push(one);
    const next = nextDirection(one, output);
    if (next === 'enough') break;
    if (next === 'higher') low = quality + 1;
    else high = quality - 1;
    // The last try takes the lowest quality, if nothing has fitted so far.
    const isLastChance = tries.length === maxTries - 1 && bestTry(tries, output) === undefined;
    quality = isLastChance ? low : clampQuality(low, high, estimateQuality(tries, output));
  }
  const chosen = bestTry(tries, output);
  if (chosen) return { ...chosen.encoded, quality: chosen.quality };
  const least = Math.min(...tries.map(({ encoded }) => encoded.data.length));
  throw tooManyBytes(least, output);
}
