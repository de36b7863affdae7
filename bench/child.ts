import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

export interface Usage {
  /** User and system time of the whole process so far, all threads, in ms. */
  readonly cpuMs: number;
  /** Peak resident memory so far, in MB. */
  readonly peakMb: number;
}

export interface MeasuredChild {
  readonly usage: () => Promise<Usage>;
  readonly process: ChildProcess;
  /** Sends a message and waits for the reply, for children that are driven by messages. */
  readonly ask: (message: unknown) => Promise<unknown>;
  readonly stop: () => Promise<void>;
}

const wrapper = path.join(import.meta.dirname, 'measured.ts');

/** Starts an entry file in its own process, which reports its CPU time and memory. */
export async function startMeasured(
  entry: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<MeasuredChild> {
  const child = fork(wrapper, [entry, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ask = async (message: unknown): Promise<unknown> => {
    child.send(message as object);
    const [answer] = await once(child, 'message');
    return answer;
  };
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null) return;
    child.kill('SIGTERM');
    await once(child, 'exit');
  };
  return { process: child, ask, stop, usage: async () => (await ask('usage')) as Usage };
}
