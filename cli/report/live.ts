import type { Terminal, World } from '../command.ts';
import type { Outcome } from '../outputs/outcome.ts';
import { countRows, outcomeLine, summarize, type View, viewLines } from './live_view.ts';
import type { Report } from './report.ts';

const frameMs = 80;
const up = (rows: number): string => (rows > 0 ? `\x1b[${rows}A` : '');
const clearLine = '\r\x1b[K';

/**
 * Draws lines over the previous ones. It clears them one by one, because tmux keeps a screen that is cleared as a whole
 * in its history.
 */
function createScreen(terminal: Terminal) {
  let drawn: readonly string[] = [];
  return (lines: readonly string[]): void => {
    // A terminal that has become narrower wraps the previous lines.
    const before = countRows(drawn, terminal.columns || 80);
    const left = Math.max(0, before - lines.length);
    const text = lines.map((line) => `${clearLine}${line}\n`).join('');
    terminal.write(`${up(before)}${text}${`${clearLine}\n`.repeat(left)}${up(left)}`);
    drawn = lines;
  };
}

/** The order of results: users see the last lines first. */
const stateOrder = ['done', 'waiting', 'failed'] as const satisfies readonly Outcome['state'][];

/** For terminals: a live view, then the results with failures last. */
export function createLiveReport({ out }: World, terminal: Terminal): Report {
  const uploads = new Map<string, { sent: number; bytes: number }>();
  const outputs = new Map<string, Outcome | undefined>();
  const draw = createScreen(terminal);
  let tick = 0;
  const frame = (): void => {
    const view: View = { uploads, outputs, tick };
    draw(viewLines(view, terminal.columns || 80, terminal.rows || 24));
    tick += 1;
  };
  const timer = setInterval(frame, frameMs);
  const printResults = (): void => {
    const finished = [...outputs.values()].filter((one) => one !== undefined);
    for (const wanted of stateOrder)
      for (const outcome of finished) if (outcome.state === wanted) out(outcomeLine(outcome));
    if (outputs.size > 1) out(summarize(outputs));
  };
  return {
    upload: (file, sent, bytes) => void uploads.set(file, { sent, bytes }),
    expect: (names) => {
      for (const name of names) outputs.set(name, undefined);
    },
    finish: (outcome) => void outputs.set(outcome.name, outcome),
    end: () => {
      clearInterval(timer);
      draw([]);
      printResults();
    },
  };
}
