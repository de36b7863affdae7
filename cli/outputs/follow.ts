import type { FieldTable } from '../../common/fields/field.ts';
import type { Job } from '../../convert_batch/job.ts';
import type { Report } from '../report/report.ts';
import type { Target } from '../target/target.ts';
import { createWatcher, type Outcome } from './outcome.ts';

/** How long a command waits for its outputs, and how it prints them. */
export const followFields = {
  timeout: {
    kind: 'float',
    min: 0,
    max: 86_400,
    default: 300,
    unit: 'seconds',
    flag: 'timeout',
    doc: 'Seconds to wait for outputs; 0: do not wait.',
  },
  json: {
    kind: 'bool',
    default: false,
    flag: 'json',
    doc: 'Prints one JSON object per output: name, state, url, bytes, error.',
  },
} as const satisfies FieldTable;

/** Waits until every job has finished or the time is up, and updates the report. */
export type Follow = (jobs: readonly Job[]) => Promise<readonly Outcome[]>;

export function createFollow(target: Target, report: Report, seconds: number): Follow {
  const watch = createWatcher(target);
  const failed = new AbortController();
  const error = `still waiting after ${seconds} s`;
  return async (jobs) => {
    const signal = AbortSignal.any([AbortSignal.timeout(Math.ceil(seconds * 1000)), failed.signal]);
    report.expect(jobs.map(({ name }) => name));
    const followOne = async (job: Job): Promise<Outcome> => {
      const last = await watch(job, signal);
      const isLate = last.state === 'waiting' && seconds > 0;
      const outcome = isLate ? { ...last, error: last.error ?? error } : last;
      report.finish(outcome);
      return outcome;
    };
    try {
      return await Promise.all(jobs.map(followOne));
    } catch (cause) {
      failed.abort();
      throw cause;
    }
  };
}

/** 1 when an output failed or did not appear in time. */
export const exitCodeOf = (outcomes: readonly Outcome[]): number =>
  outcomes.some(({ state, error }) => state === 'failed' || error !== null) ? 1 : 0;
