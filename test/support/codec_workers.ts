import type { ChildProcess } from 'node:child_process';
import { subscribe } from 'node:diagnostics_channel';
import { afterEach } from '@jest/globals';

type Signal = 'SIGSTOP' | 'SIGCONT' | 'SIGKILL';

/** The codec workers that this process started since the file was loaded. */
const workers: ChildProcess[] = [];
let last: Signal = 'SIGCONT';

/** Not `child.kill`, after which a worker counts as ended. */
function send({ pid, exitCode, signalCode }: ChildProcess, signal: Signal): void {
  if (pid !== undefined && exitCode === null && signalCode === null) process.kill(pid, signal);
}

subscribe('child_process', (message) => {
  const { process: child } = message as { process: ChildProcess };
  workers.push(child);
  child.once('spawn', () => send(child, last));
});

/**
 * Sends this signal to the workers, and to each that starts later in the same test. A worker that is stopped keeps
 * the slot of its conversion until SIGCONT, however fast the machine is.
 */
export function signalWorkers(signal: Signal): void {
  last = signal;
  for (const worker of workers) send(worker, signal);
}

afterEach(() => signalWorkers('SIGCONT'));
