const badEscape = /%(?![0-9a-f]{2})/i;
const escaped = /%([0-9a-f]{2})/gi;
const byteOf = (_: string, hex: string): string => String.fromCharCode(Number.parseInt(hex, 16));

/** Every escape that is one, as a byte (a character each); what is broken stays as it is. */
export const unescapeLoosely = (text: string): string => text.replace(escaped, byteOf);

/** `%41+b` as the bytes of `A b`; undefined with a broken escape. */
export function unescapeBytes(text: string): string | undefined {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text;
  if (!spaced.includes('%')) return spaced;
  return badEscape.test(spaced) ? undefined : unescapeLoosely(spaced);
}
