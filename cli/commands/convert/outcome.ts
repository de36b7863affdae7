import { describeError } from '../../command.ts';

/** What became of one output, as `--json` prints it. `fresh`: it was there and up to date. */
export interface Outcome {
  readonly source: string;
  readonly file: string | null;
  readonly state: 'done' | 'fresh' | 'planned' | 'failed';
  readonly format: string | null;
  readonly width: number | null;
  readonly height: number | null;
  readonly bytes: number | null;
  /** Why there is no output, in a sentence. */
  readonly error: string | null;
}

/** An outcome with its keys in the order in which they are printed. */
export const makeOutcome = (
  source: string,
  state: Outcome['state'],
  details: Partial<Outcome> = {},
): Outcome => ({
  ...{ source, file: null, state, format: null, width: null, height: null, bytes: null, error: null },
  ...details,
});

/** The outcome of an output that could not be made. */
export const failure = (source: string, file: string | null, problem: unknown): Outcome =>
  makeOutcome(source, 'failed', { file, error: describeError(problem) });
