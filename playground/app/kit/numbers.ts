const units = ['B', 'kB', 'MB', 'GB'] as const;

/** `48 kB`: three digits at most. */
export function bytesText(bytes: number): string {
  const power = bytes < 1000 ? 0 : Math.min(3, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** power;
  return `${power > 0 && value < 10 ? value.toFixed(1) : Math.round(value)} ${units[power]}`;
}

export const sizeText = (width: number, height: number): string => `${width} × ${height}`;

export const msText = (ms: number): string =>
  ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;

/** `−82 %`: the change from one size to another. `7 ×`: much more than before. */
export function savedText(before: number, after: number): string {
  if (after >= 2 * before) return `${Math.round(after / before)} ×`;
  const percent = (1 - after / before) * 100;
  // Nothing is ever saved whole.
  const part = percent > 99 ? Math.min(percent, 99.9).toFixed(1) : Math.abs(percent).toFixed(0);
  return `${percent < 0 ? '+' : '−'}${part} %`;
}

export const clamp = (value: number, least: number, most: number): number =>
  Math.min(Math.max(value, least), most);
