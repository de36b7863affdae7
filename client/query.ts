/** A value of a parameter; lists are joined by commas. `undefined` and `null` leave the parameter out. */
export type Value = string | number | boolean | readonly (string | number)[] | undefined | null;
export type Pair = readonly [name: string, value: string];

const hex = (mark: string): string => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`;

/** Escapes as the signature has it: only letters, digits and `-_.~` stay, a space is `+`. */
const escapeText = (text: string): string =>
  encodeURIComponent(text)
    .replace(/[!'()*]/g, hex)
    .replaceAll('%20', '+');

export const queryText = (pairs: readonly Pair[]): string =>
  pairs.map(([name, value]) => `${escapeText(name)}=${escapeText(value)}`).join('&');

/** The parameters that are set, as text. */
export const pairsOf = (params: object): readonly Pair[] =>
  Object.entries(params as Readonly<Record<string, Value>>).flatMap(([name, value]) =>
    value === undefined || value === null ? [] : [[name, String(value)] as const],
  );

/** Orders names as the signature has it. Names of parameters are ASCII. */
export const byName = ([a]: Pair, [b]: Pair): number => (a < b ? -1 : Number(a > b));
