import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

export interface Usage {
  /** User and system time of the whole process so far, all threads, in ms. */
  readonly cpuMs: number;
  /** Peak resident memory so far, in MB. */
  readonly peakMb: number;
}

export interface Child {
  readonly usage: () => Promise<Usage>;
  readonly process: ChildProcess;
  /** Sends a message and waits for the answer (for children that work by messages). */
  readonly ask: (message: unknown) => Promise<unknown>;
  readonly stop: () => Promise<void>;
}

const wrapper = path.join(import.meta.dirname, 'measured.ts');

/** Starts an entry file as a process of its own that can tell what it has used. */
export async function startChild(
  entry: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Child> {
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
