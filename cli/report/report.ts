import type { World } from '../command.ts';
import type { Outcome } from '../outputs/outcome.ts';
import { clean } from './live_view.ts';

/** Shows the progress and the results of a command. */
export interface Report {
  /** `sent` of the file's `bytes` have been uploaded. */
  readonly upload: (file: string, sent: number, bytes: number) => void;
  /** The command waits for these outputs. */
  readonly expect: (names: readonly string[]) => void;
  /** The output is done or has failed, or the command stops waiting for it. */
  readonly finish: (outcome: Outcome) => void;
  /** Prints what is left; nothing follows. */
  readonly end: () => void;
}

const nothing = (): void => {};
const quiet = { upload: nothing, expect: nothing, end: nothing } as const;

/** The reason why an output has no URL, in one line. */
const reasonLine = ({ name, state, error }: Outcome): string =>
  clean(`${name}: ${state === 'failed' ? (error ?? 'failed') : (error ?? 'waiting')}`);

/** For programs: one line with a JSON object per output. */
export const jsonReport = ({ out }: World): Report => ({
  ...quiet,
  finish: (outcome) => out(JSON.stringify(outcome)),
});

/** For pipes: one line with the URL per output as it appears; the rest goes to standard error. */
export const plainReport = ({ out, err }: World): Report => ({
  ...quiet,
  finish: (outcome) => (outcome.url === null ? err(reasonLine(outcome)) : out(outcome.url)),
});

/** For pipes: one line with state, name, and URL or reason per output. */
export const tableReport = ({ out }: World): Report => ({
  ...quiet,
  finish: ({ state, name, url, error }) =>
    out([state, name, url ?? error ?? ''].map(clean).join('\t').trimEnd()),
});
