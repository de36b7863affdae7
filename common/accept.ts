/** One range of an `Accept` header. */
export interface AcceptRange {
  /** In lower case: `image/webp`, `image/*`. */
  readonly mime: string;
  readonly q: number;
}

function rangeOf(text: string): AcceptRange {
  const [mime = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const q = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
  const weight = q === undefined || q === '' ? 1 : Number(q);
  return { mime, q: Number.isNaN(weight) ? 1 : weight };
}

/** The ranges of an `Accept` header (RFC 9110, 12.5.1); a weight that is not a number counts as 1. */
export const acceptRanges = (accept = ''): readonly AcceptRange[] => accept.split(',').map(rangeOf);

/** Sorts before another type that the client likes less: by weight, then by how exactly it is named, then by order. */
function rank(type: string, ranges: readonly AcceptRange[]): readonly number[] {
  const named = [type, type.replace(/\/.*/, '/*'), '*/*'].map((name) =>
    ranges.findIndex(({ mime }) => mime === name),
  );
  const level = named.findIndex((at) => at !== -1);
  const at = named[level] ?? -1;
  return [-(ranges[at]?.q ?? 0), level === -1 ? named.length : level, at];
}

/** Whether a client likes `type` better than `usual`; it has `usual` where it does not care. */
export function prefersType(accept: string | undefined, type: string, usual: string): boolean {
  const ranges = acceptRanges(accept);
  const [mine, other] = [rank(type, ranges), rank(usual, ranges)];
  const at = mine.findIndex((value, index) => value !== other[index]);
  return at !== -1 && mine[0] !== 0 && (mine[at] ?? 0) < (other[at] ?? 0);
}
