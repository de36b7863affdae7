/** A table to look words of strangers up in: `constructor` and the like, which every object has, are none of its words. */
export const byWord = <T>(table: Readonly<Record<string, T>>): ReadonlyMap<string, T> =>
  new Map(Object.entries(table));
