import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

export type Cell = string | number;
/** One measured row. All rows of a table have the same keys. */
export type ResultRow = Readonly<Record<string, Cell>>;

/** A documented figure: `value` must be on the right side of `bound`. */
export interface Goal {
  readonly what: string;
  readonly value: number;
  readonly bound: number;
  readonly is: 'at most' | 'at least';
}

export interface Section {
  readonly name: string;
  readonly rows: readonly ResultRow[];
  readonly targets: readonly Goal[];
}

export const holds = ({ value, bound, is }: Goal): boolean =>
  is === 'at most' ? value <= bound : value >= bound;

const shown = (cell: Cell | undefined): string =>
  typeof cell === 'number'
    ? Number.isInteger(cell)
      ? String(cell)
      : cell.toFixed(cell < 10 ? 2 : 1)
    : (cell ?? '');

function table(rows: readonly ResultRow[]): string {
  const columns = [...new Set(rows.flatMap(Object.keys))];
  const lines = [columns, ...rows.map((row) => columns.map((column) => shown(row[column])))];
  const widths = columns.map((_, at) => Math.max(...lines.map((line) => (line[at] ?? '').length)));
  return lines.map((line) => line.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  ')).join('\n');
}

/** Prints a section and writes it to bench/results as JSON. */
export async function report(section: Section): Promise<void> {
  console.log(`\n## ${section.name}\n${table(section.rows)}`);
  for (const target of section.targets) {
    const mark = holds(target) ? 'reached' : 'MISSED ';
    console.log(`${mark}  ${target.what}: ${shown(target.value)} (${target.is} ${target.bound})`);
  }
  const folder = path.join(import.meta.dirname, 'results');
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, `${section.name}.json`), JSON.stringify(section, null, 2));
}

export const median = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;

export const geometricMean = (numbers: readonly number[]): number =>
  Math.exp(numbers.reduce((sum, one) => sum + Math.log(one), 0) / numbers.length);
