import { createGate } from '../../common/gate.ts';
import { Problem, type ProblemCode } from '../../common/problem.ts';
import { endAfter } from '../../common/streams/abort.ts';
import { shareOfMemory } from '../native/environment.ts';
import { startWorker, type WorkerProcess, workerEntry } from './child.ts';

/** Work for a foreign codec: the name of a task of the worker, its details, and bytes. */
export interface CodecRequest {
  readonly task: string;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly data: Buffer;
  /** Ends the work, and the worker with it. */
  readonly signal?: AbortSignal;
}
export interface CodecAnswer {
  readonly details: Readonly<Record<string, unknown>>;
  readonly data: Buffer;
}

/** Runs foreign codecs (WebAssembly or native) in processes that can be killed. */
export interface CodecPool {
  /**
   * Each worker does one request at a time, in order of arrival.
   * @throws Problem of the task; `unprocessable` when the worker crashes, `conversion_timeout` when time is up,
   * `too_busy` when the queue is full.
   */
  run(request: CodecRequest): Promise<CodecAnswer>;
  close(): Promise<void>;
}

export interface CodecPoolOptions {
  /** Requests that run at a time: with one worker per conversion, no conversion waits for another's codec. */
  readonly workers?: number;
  /** Longest request. */
  readonly timeoutMs?: number;
  /** A worker that is idle for longer is ended. */
  readonly idleMs?: number;
  /** So many idle workers are not ended. */
  readonly kept?: number;
  /** Length of the queue. */
  readonly waiting?: number;
  /** Memory that idle workers may hold together; a worker that would exceed it is ended, since codecs leak. */
  readonly maxResidentBytes?: number;
  /** The worker's program; tests give another. */
  readonly entry?: URL;
}

const problemIn = ({ details }: CodecAnswer): Problem | undefined => {
  const problem = details.problem as { code: ProblemCode; message: string } | undefined;
  return problem && new Problem(problem.code, problem.message);
};

const tooLong = (): Problem => new Problem('conversion_timeout', 'conversion took too long and was ended');

/** Rejects when the signal aborts, for a request that is still in the queue. */
const rejectOnAbort = (signal: AbortSignal | undefined): Promise<never> =>
  new Promise((_, reject) => {
    if (signal?.aborted) reject(tooLong());
    signal?.addEventListener('abort', () => reject(tooLong()), { once: true });
  });

/** Sends one request to a worker, and ends the worker when `ends` aborts. */
async function askWorker(
  child: WorkerProcess,
  { task, details = {}, data }: CodecRequest,
  ends: AbortSignal,
): Promise<CodecAnswer> {
  const end = (): void => void child.kill();
  ends.addEventListener('abort', end, { once: true });
  try {
    return await child.ask({ details: { ...details, task }, data });
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
  kept: 0,
  waiting: 64,
  maxResidentBytes: shareOfMemory(1.5e9),
  entry: workerEntry,
} as const satisfies CodecPoolOptions;

/** Workers without a request. */
interface IdleWorkers {
  /** The worker that became idle last, so that workers that are not needed stay idle and end. */
  take(): WorkerProcess | undefined;
  add(child: WorkerProcess, residentBytes: number): void;
  /** Resolves when all have ended. */
  close(): Promise<void>;
}

export function createIdleWorkers({
  idleMs,
  kept,
  maxResidentBytes,
}: Required<Pick<CodecPoolOptions, 'idleMs' | 'kept' | 'maxResidentBytes'>>): IdleWorkers {
  const idle = new Map<WorkerProcess, { readonly bytes: number; readonly timer: NodeJS.Timeout }>();

  const remove = (child: WorkerProcess): WorkerProcess => {
    clearTimeout(idle.get(child)?.timer);
    idle.delete(child);
    return child;
  };
  const heldBytes = (): number => [...idle.values()].reduce((sum, { bytes }) => sum + bytes, 0);

  return {
    take: () => {
      for (const child of [...idle.keys()].reverse()) if (remove(child).isAlive()) return child;
      return undefined;
    },
    add: (child, bytes) => {
      if (heldBytes() + bytes > maxResidentBytes) return void child.kill();
      const end = (): void => {
        if (idle.size > kept) void remove(child).kill();
      };
      idle.set(child, { bytes, timer: setTimeout(end, idleMs).unref() });
    },
    close: async () => {
      await Promise.all([...idle.keys()].map((child) => remove(child).kill()));
    },
  };
}

/** A pool whose workers start on first use. Nothing that they do delays or ends other work of this process. */
export function createCodecPool(options: CodecPoolOptions = {}): CodecPool {
  const { workers, timeoutMs, waiting, entry, ...rest } = { ...defaults, ...options };
  const slots = createGate({ running: workers, waiting, waitMs: timeoutMs });
  const idleWorkers = createIdleWorkers(rest);
  const working = new Set<WorkerProcess>();

  const work = async (request: CodecRequest): Promise<CodecAnswer> => {
    if (request.signal?.aborted) throw tooLong();
    const child = idleWorkers.take() ?? startWorker(entry);
    const { ends, release } = endAfter(timeoutMs, request.signal);
    working.add(child);
    try {
      const answer = await askWorker(child, request, ends);
      if (answer.details.soiled) void child.kill();
      else idleWorkers.add(child, Number(answer.details.residentBytes ?? 0));
      return answer;
    } finally {
      release();
      working.delete(child);
    }
  };
  return {
    run: async (request) => {
      const answer = await Promise.race([slots.run(() => work(request)), rejectOnAbort(request.signal)]);
      const problem = problemIn(answer);
      if (problem) throw problem;
      return answer;
    },
    close: async () => {
      await Promise.all([idleWorkers.close(), ...[...working].map((child) => child.kill())]);
    },
  };
}
