/**
 * A page with the part between `<!-- NAME:begin -->` and `<!-- NAME:end -->` written anew.
 * @throws Error when the page has no such part.
 */
export function withSection(page: string, name: string, body: string): string {
  const begin = `<!-- ${name}:begin -->`;
  const end = `<!-- ${name}:end -->`;
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from < 0 || to < from) throw new Error(`expected ${begin} and ${end} in the page, got neither or one`);
  return `${page.slice(0, from + begin.length)}\n${body}\n${page.slice(to)}`;
}
