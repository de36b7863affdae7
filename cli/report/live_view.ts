import { stripVTControlCharacters, styleText } from 'node:util';
import type { Outcome } from '../outputs/outcome.ts';
import { columnOf, countCells, truncate } from './cells.ts';

export interface View {
  readonly uploads: ReadonlyMap<string, { readonly sent: number; readonly bytes: number }>;
  /** By the output's name; undefined while the command waits for it. */
  readonly outputs: ReadonlyMap<string, Outcome | undefined>;
  /** The number of the frame. */
  readonly tick: number;
}

export const spinner = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const barWidth = 24;
const nameWidth = 28;

const units = ['B', 'kB', 'MB', 'GB'] as const;

/** A size for people: three digits and a unit. */
export function sizeText(bytes: number): string {
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(bytes, 1)) / 3));
  const value = bytes / 1000 ** power;
  return `${power > 0 && value < 100 ? value.toFixed(1) : Math.round(value)} ${units[power]}`;
}

// Names are outside input: they must not control the terminal.
export const clean = (text: string): string =>
  stripVTControlCharacters(text).replace(/[\p{Cc}\p{Bidi_Control}]/gu, '?');
const column = (name: string): string => columnOf(clean(name), nameWidth);

function uploadLine([file, { sent, bytes }]: readonly [string, { sent: number; bytes: number }]): string {
  const share = bytes === 0 ? 1 : sent / bytes;
  const full = Math.round(share * barWidth);
  const bar = `${'█'.repeat(full)}${'░'.repeat(barWidth - full)}`;
  return `${column(file)} ${bar} ${String(Math.round(share * 100)).padStart(3)} %  ${sizeText(bytes)}`;
}

/** The line of an output that is done, has failed, or is not waited for any longer. */
export function outcomeLine({ name, state, url, bytes, error }: Outcome): string {
  if (state === 'done')
    return `${styleText('green', '✓')} ${column(name)} ${sizeText(bytes ?? 0).padStart(8)}  ${url}`;
  const sign = state === 'failed' ? styleText('red', '✗') : styleText('yellow', '…');
  return `${sign} ${column(name)} ${clean(error ?? state)}`;
}

function outputLine([name, outcome]: readonly [string, Outcome | undefined], tick: number): string {
  return outcome ? outcomeLine(outcome) : `${spinner[tick % spinner.length]} ${column(name)} waiting`;
}

/** The number of terminal rows that lines take. */
export const countRows = (lines: readonly string[], columns: number): number =>
  lines.reduce((rows, line) => rows + Math.max(1, Math.ceil(countCells(line) / columns)), 0);

/** The final number of outputs per state. */
export function summarize(outputs: View['outputs']): string {
  const states = [...outputs.values()].map((one) => one?.state ?? 'waiting');
  const countOf = (state: Outcome['state']): number => states.filter((one) => one === state).length;
  const [failed, waiting] = [countOf('failed'), countOf('waiting')];
  return [
    `${countOf('done')} done`,
    ...(waiting > 0 ? [`${waiting} still waiting`] : []),
    ...(failed > 0 ? [`${failed} failed`] : []),
  ].join(', ');
}

function progressLine(outputs: View['outputs']): string {
  const finished = [...outputs.values()].filter((one) => one !== undefined);
  const failed = finished.filter(({ state }) => state === 'failed').length;
  return `${finished.length} of ${outputs.size} outputs${failed > 0 ? `, ${failed} failed` : ''}`;
}

/** The lines of a frame, as many as fit: uploads and outputs in progress first. */
export function viewLines(
  { uploads, outputs, tick }: View,
  columns: number,
  rows: number,
): readonly string[] {
  const room = Math.max(1, rows - 2);
  const running = [...uploads].filter(([, { sent, bytes }]) => sent < bytes).map(uploadLine);
  const lines = [...outputs].map((entry) => [entry[1] === undefined, outputLine(entry, tick)] as const);
  const fits = running.length + lines.length <= room;
  const kept = fits ? lines : lines.filter(([isWaiting]) => isWaiting);
  const shown = [...running, ...kept.map(([, line]) => line)].slice(0, room);
  const total = outputs.size > 0 ? [progressLine(outputs)] : [];
  return [...shown, ...total].map((line) => truncate(line, columns));
}
