import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';

const segmenter = new Intl.Segmenter();

/** The cells that a line takes in a terminal, not counting escape sequences. */
export const countCells = (line: string): number => stringWidth(line);

/** Shortens a line to `columns` cells, not counting escape sequences. */
export function truncate(line: string, columns: number): string {
  if (countCells(line) <= columns) return line;
  let left = columns - 1;
  let kept = '';
  for (const { segment } of segmenter.segment(stripVTControlCharacters(line))) {
    left -= countCells(segment);
    if (left < 0) break;
    kept += segment;
  }
  return `${kept}…`;
}

/** Text in a column of a table: shortened, or filled with spaces. */
export function columnOf(text: string, columns: number): string {
  const short = truncate(text, columns);
  return short + ' '.repeat(Math.max(0, columns - countCells(short)));
}
