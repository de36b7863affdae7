import type { FieldTable } from '../../common/field.ts';
import type { Job } from '../../convert_batch/job.ts';
import type { Report } from '../report/report.ts';
import type { Target } from '../target/target.ts';
import { createWatch, type Outcome } from './outcome.ts';

/** How long a command follows its outputs, and how it shows them. */
export const followFields = {
  timeout: {
    kind: 'float',
    min: 0,
    max: 86_400,
    default: 300,
    unit: 'seconds',
    flag: 'timeout',
    doc: 'How many seconds to wait for outputs; 0 does not wait at all.',
  },
  json: {
    kind: 'bool',
    default: false,
    flag: 'json',
    doc: 'Prints one JSON object an output: name, state, url, bytes, error.',
  },
} as const satisfies FieldTable;

/** Follows jobs until each is over or its time is up; tells the report. */
export type Follow = (jobs: readonly Job[]) => Promise<readonly Outcome[]>;

export function createFollow(target: Target, report: Report, seconds: number): Follow {
  const watch = createWatch(target);
  const broken = new AbortController();
  const error = `still waiting after ${seconds} s`;
  return async (jobs) => {
    const signal = AbortSignal.any([AbortSignal.timeout(Math.ceil(seconds * 1000)), broken.signal]);
    report.expect(jobs.map(({ name }) => name));
    const one = async (job: Job): Promise<Outcome> => {
      const seen = await watch(job, signal);
      const isLate = seen.state === 'waiting' && seconds > 0;
      const told = isLate ? { ...seen, error: seen.error ?? error } : seen;
      report.over(told);
      return told;
    };
    try {
      return await Promise.all(jobs.map(one));
    } catch (cause) {
      broken.abort();
      throw cause;
    }
  };
}

/** 1 when any output failed, or was waited for in vain. */
export const exitCodeOf = (outcomes: readonly Outcome[]): number =>
  outcomes.some(({ state, error }) => state === 'failed' || error !== null) ? 1 : 0;
