import type { Terminal, World } from './command.ts';
import { outcomeLine, type View, viewLines } from './live_view.ts';
import type { Outcome } from './outcome.ts';
import type { Report } from './report.ts';

const frameMs = 80;
const up = (lines: number): string => (lines > 0 ? `\x1b[${lines}A` : '');
const clearBelow = '\r\x1b[J';

/** Draws lines over those it drew before. */
function createScreen(terminal: Terminal) {
  let drawn = 0;
  return (lines: readonly string[]): void => {
    terminal.write(`${up(drawn)}${clearBelow}${lines.map((line) => `${line}\n`).join('')}`);
    drawn = lines.length;
  };
}

/** For people at a terminal: a view that is drawn again while things happen, then what came of it all. */
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
  return {
    upload: (file, sent, bytes) => void uploads.set(file, { sent, bytes }),
    expect: (names) => {
      for (const name of names) outputs.set(name, undefined);
    },
    over: (outcome) => void outputs.set(outcome.name, outcome),
    end: () => {
      clearInterval(timer);
      draw([]);
      for (const outcome of outputs.values()) if (outcome) out(outcomeLine(outcome));
    },
  };
}
