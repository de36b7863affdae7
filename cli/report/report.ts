import type { World } from '../command.ts';
import type { Outcome } from '../outputs/outcome.ts';

/** Told what happens while a command works, and shows it. */
export interface Report {
  /** `sent` of `bytes` of this file are uploaded. */
  readonly upload: (file: string, sent: number, bytes: number) => void;
  /** These outputs will come. */
  readonly expect: (names: readonly string[]) => void;
  /** Nothing more happens to this output, or no more is waited for. */
  readonly over: (outcome: Outcome) => void;
  /** All is over. */
  readonly end: () => void;
}

const nothing = (): void => {};
const quiet = { upload: nothing, expect: nothing, end: nothing } as const;

/** A failure or a wait in one line. */
const complaint = ({ name, state, error }: Outcome): string =>
  `${name}: ${state === 'failed' ? (error ?? 'failed') : (error ?? 'waiting')}`;

/** For programs: one JSON object a line and output. */
export const jsonReport = ({ out }: World): Report => ({
  ...quiet,
  over: (outcome) => out(JSON.stringify(outcome)),
});

/** For pipes: one URL a line as outputs appear; everything else goes to standard error. */
export const plainReport = ({ out, err }: World): Report => ({
  ...quiet,
  over: (outcome) => (outcome.url === null ? err(complaint(outcome)) : out(outcome.url)),
});

/** For pipes: state, output, and URL or reason, a line each. */
export const tableReport = ({ out }: World): Report => ({
  ...quiet,
  over: ({ state, name, url, error }) => out([state, name, url ?? error ?? ''].join('\t').trimEnd()),
});
