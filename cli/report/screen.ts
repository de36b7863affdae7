import type { Terminal } from '../command.ts';
import { countRows } from './live_view.ts';

const up = (rows: number): string => (rows > 0 ? `\x1b[${rows}A` : '');
const clearLine = '\r\x1b[K';

/** Draws lines over the previous ones. */
export type Draw = (lines: readonly string[]) => void;

/**
 * A part of the terminal below what has been printed. It clears lines one by one, because tmux keeps a screen that is
 * cleared as a whole in its history.
 */
export function createScreen(terminal: Terminal): Draw {
  let drawn: readonly string[] = [];
  return (lines) => {
    // A terminal that has become narrower wraps the previous lines.
    const before = countRows(drawn, terminal.columns || 80);
    const left = Math.max(0, before - lines.length);
    const text = lines.map((line) => `${clearLine}${line}\n`).join('');
    terminal.write(`${up(before)}${text}${`${clearLine}\n`.repeat(left)}${up(left)}`);
    drawn = lines;
  };
}

const frameMs = 80;

/** Draws a frame again and again until it is stopped, which clears it. `tick` is the number of the frame. */
export function animate(terminal: Terminal, frame: (tick: number) => readonly string[]): () => void {
  const draw = createScreen(terminal);
  let tick = 0;
  const timer = setInterval(() => draw(frame(tick++)), frameMs);
  return () => {
    clearInterval(timer);
    draw([]);
  };
}
