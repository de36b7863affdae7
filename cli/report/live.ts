import type { Terminal, World } from '../command.ts';
import type { Outcome } from '../outputs/outcome.ts';
import { outcomeLine, summarize, type View, viewLines } from './live_view.ts';
import type { Report } from './report.ts';
import { animate } from './screen.ts';

/** The order of results: users see the last lines first. */
const stateOrder = ['done', 'waiting', 'failed'] as const satisfies readonly Outcome['state'][];

/** For terminals: a live view, then the results with failures last. */
export function createLiveReport({ out }: World, terminal: Terminal): Report {
  const uploads = new Map<string, { sent: number; bytes: number }>();
  const outputs = new Map<string, Outcome | undefined>();
  const stop = animate(terminal, (tick) => {
    const view: View = { uploads, outputs, tick };
    return viewLines(view, terminal.columns || 80, terminal.rows || 24);
  });
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
      stop();
      printResults();
    },
  };
}
