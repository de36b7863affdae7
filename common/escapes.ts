const badEscape = /%(?![0-9a-f]{2})/i;
const escaped = /%([0-9a-f]{2})/gi;
const byteOf = (_: string, hex: string): string => String.fromCharCode(Number.parseInt(hex, 16));

/** Decodes every valid escape to a byte (one character each). Invalid escapes stay as they are. */
export const unescapeLoosely = (text: string): string => text.replace(escaped, byteOf);

/** Decodes `%41+b` to the bytes of `A b`. Undefined when an escape is invalid. */
export function unescapeBytes(text: string): string | undefined {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text;
  if (!spaced.includes('%')) return spaced;
  return badEscape.test(spaced) ? undefined : unescapeLoosely(spaced);
}
