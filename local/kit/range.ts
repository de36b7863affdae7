/** A byte range, both ends inclusive. */
export type Span = { readonly start: number; readonly end: number };

/**
 * Parses a Range header for a body of `size` bytes: a span, `whole` (no header, or one that servers ignore: several
 * ranges, other units, `bytes=4-2`, which range-parser calls unsatisfiable), or `unsatisfiable`.
 */
export function spanOf(header: string | undefined, size: number): Span | 'whole' | 'unsatisfiable' {
  const [, from, to] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? [];
  if (from === undefined || to === undefined || from + to === '') return 'whole';
  if (from !== '' && to !== '' && Number(to) < Number(from)) return 'whole';
  const start = from === '' ? Math.max(0, size - Number(to)) : Number(from);
  const end = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1);
  return start <= end ? { start, end } : 'unsatisfiable';
}
