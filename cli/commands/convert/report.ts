import { styleText } from 'node:util';
import type { Terminal, World } from '../../command.ts';
import { truncate } from '../../report/cells.ts';
import { clean, sizeText, spinner } from '../../report/live_view.ts';
import { animate } from '../../report/screen.ts';
import type { Outcome } from './outcome.ts';

/** Numbers of a run, for its summary. */
export interface Counts {
  readonly outcomes: readonly Outcome[];
  readonly hidden: number;
  readonly others: number;
}

/** Shows the progress and the results of a run. */
export interface ConvertReport {
  readonly start: (source: string) => void;
  readonly finish: (outcome: Outcome) => void;
  /** Prints what is left. */
  readonly end: (counts: Counts) => void;
}

/** More outputs than these are summed up only. */
const listed = 20;
const maxNames = 4;
const barWidth = 24;

const countOf = (outcomes: readonly Outcome[], state: Outcome['state']): number =>
  outcomes.filter((one) => one.state === state).length;

/** "96 done, 4 failed, 12 up to date; left out: 3 hidden, 2 that are no pictures". */
export function summary({ outcomes, hidden, others }: Counts): string {
  const count = (state: Outcome['state']): number => countOf(outcomes, state);
  const bytes = outcomes.reduce((sum, one) => sum + (one.bytes ?? 0), 0);
  const parts = [
    ...(count('planned') > 0 ? [`${count('planned')} would be made`] : [`${count('done')} done`]),
    ...(count('fresh') > 0 ? [`${count('fresh')} up to date`] : []),
    ...(count('failed') > 0 ? [`${count('failed')} failed`] : []),
  ];
  const left = [
    ...(hidden > 0 ? [`${hidden} hidden`] : []),
    ...(others > 0 ? [`${others} not a picture`] : []),
  ];
  const size = bytes > 0 ? ` (${sizeText(bytes)})` : '';
  return `${parts.join(', ')}${size}${left.length > 0 ? `; left out: ${left.join(', ')}` : ''}`;
}

/** A failure that names its source once. */
const failureLine = ({ source, error }: Outcome): string =>
  `${source}: ${(error ?? '').replace(`${source}: `, '')}`;

const doneLine = ({ file, width, height, bytes }: Outcome): string =>
  clean(`${file}  ${width} x ${height}  ${sizeText(bytes ?? 0)}`);

const plannedLine = ({ source, file }: Outcome): string => `${source} -> ${file}`;

const isWritten = ({ file, state }: Outcome): boolean => state === 'done' && file !== '-';

/** For programs: one line with a JSON object per output. */
const jsonReport = ({ out, err }: World): ConvertReport => ({
  start: () => {},
  // Standard output has the picture itself.
  finish: (outcome) => (outcome.file === '-' ? err : out)(JSON.stringify(outcome)),
  end: () => {},
});

/** For a single output: its facts at a terminal, nothing in a pipe. */
const singleReport = ({ out, err, terminal }: World): ConvertReport => ({
  start: () => {},
  finish: (outcome) => {
    if (outcome.state === 'failed') err(`imagetx: ${outcome.error}`);
    else if (outcome.state === 'planned') out(plannedLine(outcome));
    else if (terminal && outcome.state === 'fresh') out(clean(`${outcome.file} is up to date`));
    else if (terminal && isWritten(outcome)) out(doneLine(outcome));
  },
  end: () => {},
});

/** For pipes: one line with the file per output; failures and a summary on standard error. */
function plainReport({ out, err }: World): ConvertReport {
  const told = new Set<string>();
  const tellOnce = (line: string): void => {
    if (!told.has(line)) err(line);
    told.add(line);
  };
  return {
    start: () => {},
    finish: (outcome) => {
      if (outcome.state === 'failed') tellOnce(failureLine(outcome));
      else if (outcome.state === 'planned') out(plannedLine(outcome));
      else if (isWritten(outcome)) out(outcome.file ?? '');
    },
    end: (counts) => err(summary(counts)),
  };
}

interface Progress {
  readonly total: number;
  /** The sources that are being converted. */
  readonly running: ReadonlySet<string>;
  readonly outcomes: readonly Outcome[];
}

/** The lines of a frame: some of the sources in work, and how far the run is. */
export function progressLines(
  { total, running, outcomes }: Progress,
  tick: number,
  { columns, rows }: Pick<Terminal, 'columns' | 'rows'>,
): readonly string[] {
  const full = Math.round((total === 0 ? 1 : outcomes.length / total) * barWidth);
  const bar = `${'█'.repeat(full)}${'░'.repeat(barWidth - full)}`;
  const failed = countOf(outcomes, 'failed');
  const names = [...running]
    .slice(0, Math.max(0, Math.min(maxNames, (rows || 24) - 2)))
    .map((name) => `${spinner[tick % spinner.length]} ${clean(name)}`);
  const progress = `${bar} ${outcomes.length} of ${total}${failed > 0 ? `, ${failed} failed` : ''}`;
  return [...names, progress].map((line) => truncate(line, columns || 80));
}

/** For terminals: a live view; then the outputs, if they are few, the failures and a summary. */
function liveReport({ out }: World, terminal: Terminal, total: number): ConvertReport {
  const running = new Set<string>();
  const outcomes: Outcome[] = [];
  const stop = animate(terminal, (tick) => progressLines({ total, running, outcomes }, tick, terminal));
  return {
    start: (source) => void running.add(source),
    finish: (outcome) => {
      outcomes.push(outcome);
      running.delete(outcome.source);
    },
    end: (counts) => {
      stop();
      const done = outcomes.filter(isWritten);
      if (done.length <= listed) for (const one of done) out(doneLine(one));
      for (const one of outcomes) if (one.state === 'planned') out(clean(plannedLine(one)));
      const failed = outcomes.filter(({ state }) => state === 'failed').map(failureLine);
      for (const line of new Set(failed)) out(`${styleText('red', '✗')} ${clean(line)}`);
      out(summary(counts));
    },
  };
}

interface ReportOptions {
  readonly isJson: boolean;
  readonly isSeveral: boolean;
  /** The number of outputs. */
  readonly total: number;
}

export function chooseReport(world: World, { isJson, isSeveral, total }: ReportOptions): ConvertReport {
  if (isJson) return jsonReport(world);
  if (!isSeveral) return singleReport(world);
  return world.terminal ? liveReport(world, world.terminal, total) : plainReport(world);
}
