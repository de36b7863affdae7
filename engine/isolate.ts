import { Problem, type ProblemCode } from '../common/problem.ts';
import { createGate } from './gate.ts';
import { type Child, startChild, workerEntry } from './isolate_child.ts';

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

/** Runs foreign codecs (WebAssembly or native) in a process that can be killed. */
export interface Isolate {
  /** The worker's process id, while there is one. */
  readonly pid?: () => number | undefined;
  /**
   * One errand at a time, in order.
   * @throws Problem of the task; `unprocessable` when the worker crashes, `conversion_timeout` when time is up,
   * `too_busy` when the line is full.
   */
  run(errand: Errand): Promise<Answer>;
  close(): Promise<void>;
}

export interface IsolateOptions {
  /** Longest errand. */
  readonly timeoutMs?: number;
  /** A worker without work for so long ends. */
  readonly idleMs?: number;
  /** How many errands may wait. */
  readonly waiting?: number;
  /** A worker that has grown so large ends after its errand: codecs leak. */
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

/** A worker that starts on first use. Nothing it does delays or ends anything else of this process. */
export function createIsolate(options: IsolateOptions = {}): Isolate {
  const {
    timeoutMs = 120_000,
    idleMs = 60_000,
    waiting = 64,
    maxResidentBytes = 1.5e9,
    entry = workerEntry,
  } = options;
  const line = createGate({ running: 1, waiting, waitMs: timeoutMs });
  let child: Child | undefined;
  let idle: NodeJS.Timeout | undefined;

  const dismiss = async (): Promise<void> => {
    clearTimeout(idle);
    const ended = child?.kill();
    child = undefined;
    await ended;
  };
  const rest = (): void => {
    child?.rest();
    clearTimeout(idle);
    idle = setTimeout(dismiss, idleMs).unref();
  };
  const work = async ({ task, facts = {}, data, signal }: Errand): Promise<Answer> => {
    clearTimeout(idle);
    const ends = AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(signal ? [signal] : [])]);
    if (ends.aborted) throw tooLong();
    const current = child?.isAlive() ? child : startChild(entry);
    child = current;
    const end = (): void => void current.kill();
    ends.addEventListener('abort', end, { once: true });
    try {
      const answer = await current.ask({ facts: { ...facts, task }, data });
      if (Number(answer.facts.residentBytes) > maxResidentBytes) await dismiss();
      return answer;
    } catch (cause) {
      child = undefined;
      if (ends.aborted) throw tooLong();
      throw new Problem('unprocessable', 'image could not be processed: the codec crashed', { cause });
    } finally {
      ends.removeEventListener('abort', end);
      rest();
    }
  };
  return {
    pid: () => child?.pid,
    run: async (errand) => {
      const answer = await Promise.race([line.run(() => work(errand)), ended(errand.signal)]);
      const problem = failure(answer);
      if (problem) throw problem;
      return answer;
    },
    close: dismiss,
  };
}
