import { createGate } from '../../common/gate.ts';
import { Problem, type ProblemCode } from '../../common/problem.ts';
import { shareOfMemory } from '../native/memory.ts';
import { type Child, startChild, workerEntry } from './child.ts';
import { createResting } from './resting.ts';

/** Work for a foreign codec: the name of a task of the worker, what it needs to know, and bytes. */
export interface Errand {
  readonly task: string;
  readonly facts?: Readonly<Record<string, unknown>>;
  readonly data: Buffer;
  /** Ends the work, and the worker with it. */
  readonly signal?: AbortSignal;
}
export interface Answer {
  readonly facts: Readonly<Record<string, unknown>>;
  readonly data: Buffer;
}

/** Runs foreign codecs (WebAssembly or native) in processes that can be killed. */
export interface Isolate {
  /**
   * Each worker does one errand at a time; who comes first is served first.
   * @throws Problem of the task; `unprocessable` when the worker crashes, `conversion_timeout` when time is up,
   * `too_busy` when the line is full.
   */
  run(errand: Errand): Promise<Answer>;
  close(): Promise<void>;
}

export interface IsolateOptions {
  /** How many errands are worked on at a time: with as many as conversions run, none waits for another's. */
  readonly workers?: number;
  /** Longest errand. */
  readonly timeoutMs?: number;
  /** A worker without work for so long ends. */
  readonly idleMs?: number;
  /** How many errands may wait. */
  readonly waiting?: number;
  /** What workers without an errand may hold together; one that would be too much ends: codecs leak. */
  readonly maxResidentBytes?: number;
  /** Another program than ours, for tests. */
  readonly entry?: URL;
}

const failure = ({ facts }: Answer): Problem | undefined => {
  const problem = facts.problem as { code: ProblemCode; message: string } | undefined;
  return problem && new Problem(problem.code, problem.message);
};

const tooLong = (): Problem => new Problem('conversion_timeout', 'conversion took too long and was ended');

/** Rejects when the signal says so, for an errand that still stands in line. */
const ended = (signal: AbortSignal | undefined): Promise<never> =>
  new Promise((_, reject) => {
    if (signal?.aborted) reject(tooLong());
    signal?.addEventListener('abort', () => reject(tooLong()), { once: true });
  });

/** One errand of one worker, which is ended when `ends` says so. */
async function asked(child: Child, { task, facts = {}, data }: Errand, ends: AbortSignal): Promise<Answer> {
  const end = (): void => void child.kill();
  ends.addEventListener('abort', end, { once: true });
  try {
    return await child.ask({ facts: { ...facts, task }, data });
  } catch (cause) {
    if (ends.aborted) throw tooLong();
    throw new Problem('unprocessable', 'image could not be processed: the codec crashed', { cause });
  } finally {
    ends.removeEventListener('abort', end);
    child.rest();
  }
}

const defaults = {
  workers: 1,
  timeoutMs: 120_000,
  idleMs: 60_000,
  waiting: 64,
  maxResidentBytes: shareOfMemory(1.5e9),
  entry: workerEntry,
} as const satisfies IsolateOptions;

/** Workers that start on first use. Nothing they do delays or ends anything else of this process. */
export function createIsolate(options: IsolateOptions = {}): Isolate {
  const { workers, timeoutMs, waiting, entry, ...rest } = { ...defaults, ...options };
  const line = createGate({ running: workers, waiting, waitMs: timeoutMs });
  const resting = createResting(rest);
  const working = new Set<Child>();

  const work = async (errand: Errand): Promise<Answer> => {
    const { signal } = errand;
    const ends = AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(signal ? [signal] : [])]);
    if (ends.aborted) throw tooLong();
    const child = resting.take() ?? startChild(entry);
    working.add(child);
    try {
      const answer = await asked(child, errand, ends);
      if (answer.facts.soiled) void child.kill();
      else resting.add(child, Number(answer.facts.residentBytes ?? 0));
      return answer;
    } finally {
      working.delete(child);
    }
  };
  return {
    run: async (errand) => {
      const answer = await Promise.race([line.run(() => work(errand)), ended(errand.signal)]);
      const problem = failure(answer);
      if (problem) throw problem;
      return answer;
    },
    close: async () => {
      await Promise.all([resting.close(), ...[...working].map((child) => child.kill())]);
    },
  };
}
