interface Measured {
  readonly quality: number;
  readonly similarity?: number;
}

/** A try on the scales on which loss falls in a nearly straight line as quality grows: both logarithmic. */
interface Point {
  readonly x: number;
  /** How far the loss is from the one aimed at. */
  readonly miss: number;
}

/** The slope of that line for most pictures and encoders, until two tries tell. */
const usualSlope = -1.3;

const loss = (similarity: number): number => Math.log(1 - Math.min(similarity, 0.999_999));

/** The point on the other side of the target; it counts half where two tries in a row missed it (Illinois rule). */
function across(points: readonly Point[], near: Point): Point | undefined {
  const other = points.findLast(({ miss }) => miss > 0 !== near.miss > 0);
  const [last, previous] = points.toReversed();
  const isStuck = last && previous && last.miss > 0 === previous.miss > 0;
  return other && isStuck ? { x: other.x, miss: other.miss / 2 } : other;
}

/**
 * The quality at which a line through the tries so far, in their order, meets a similarity (0 to 1).
 * Undefined where none is measured; it may be a quality that has been tried or that there is not.
 */
export function aimed(tries: readonly Measured[], target: number): number | undefined {
  const points = tries.flatMap(({ quality, similarity }) =>
    similarity === undefined ? [] : { x: Math.log(quality), miss: loss(similarity) - loss(target) },
  );
  const [near, next] = points.toSorted((a, b) => Math.abs(a.miss) - Math.abs(b.miss));
  if (near === undefined) return undefined;
  const far = across(points, near) ?? next;
  const slope = far ? (far.miss - near.miss) / (far.x - near.x) : usualSlope;
  return Math.round(Math.exp(near.x - near.miss / slope));
}
