import { stripVTControlCharacters } from 'node:util';

/** Characters that take two cells: those of East Asian width W and F, and emoji. */
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;
/** Characters that stand on the one before. */
const none = /[\p{Mn}\p{Me}\p{Cf}]/u;

function cellsOf(char: string): number {
  if (none.test(char)) return 0;
  return wide.test(char) ? 2 : 1;
}

/** The cells that a line takes in a terminal, not counting escape sequences. */
export const countCells = (line: string): number =>
  [...stripVTControlCharacters(line)].reduce((cells, char) => cells + cellsOf(char), 0);

/** Shortens a line to `columns` cells, not counting escape sequences. */
export function truncate(line: string, columns: number): string {
  if (countCells(line) <= columns) return line;
  let left = columns - 1;
  const kept: string[] = [];
  for (const char of stripVTControlCharacters(line)) {
    left -= cellsOf(char);
    if (left < 0) break;
    kept.push(char);
  }
  return `${kept.join('')}…`;
}

/** Text in a column of a table: shortened, or filled with spaces. */
export function columnOf(text: string, columns: number): string {
  const short = truncate(text, columns);
  return short + ' '.repeat(Math.max(0, columns - countCells(short)));
}
