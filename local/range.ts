/** A byte range, both ends inclusive. */
export type Span = { readonly start: number; readonly end: number };

/**
 * What a Range header asks for of `size` bytes: a span, `whole` (no header, or one that may be ignored:
 * several ranges, other units), or `unsatisfiable`.
 */
export function spanOf(header: string | undefined, size: number): Span | 'whole' | 'unsatisfiable' {
  const [, from, to] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? [];
  if (from === undefined || to === undefined || from + to === '') return 'whole';
  if (from !== '' && to !== '' && Number(to) < Number(from)) return 'whole';
  const start = from === '' ? Math.max(0, size - Number(to)) : Number(from);
  const end = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1);
  return start <= end ? { start, end } : 'unsatisfiable';
}

/** Whether an If-None-Match header names `etag`, compared weakly as RFC 9110 wants for GET. */
export function namesEtag(header: string, etag: string): boolean {
  const bare = (tag: string) => tag.trim().replace(/^W\//, '');
  return header.split(',').some((tag) => tag.trim() === '*' || bare(tag) === bare(etag));
}
