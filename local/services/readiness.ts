import type { ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from '../../common/problem.ts';

export type Expected = {
  readonly name: string;
  /** The port it listens on. */
  readonly port: number;
  /** Path that answers 200 when the service is ready. Default: it is ready when it listens. */
  readonly readyPath?: string;
  /** File that receives its output. */
  readonly logFile: string;
};

const startMs = 30_000;
const pollMs = 10;

/** Resolves when the child is ready. @throws Problem with the end of its log when it exits before. */
export async function waitUntilReady(child: ChildProcess, options: Expected): Promise<void> {
  const { name, port, logFile } = options;
  const lastMs = Date.now() + startMs;
  while (child.exitCode === null && child.signalCode === null) {
    if (await isReady(options)) return;
    if (Date.now() > lastMs)
      throw new Problem('internal', `${name} is not ready on port ${port}; its log: ${logFile}`);
    await sleep(pollMs);
  }
  const log = await readFile(logFile, 'utf8');
  throw new Problem(
    'internal',
    `${name} exited before it was ready; last lines of ${logFile}:\n${log.slice(-2000)}`,
  );
}

async function isReady({ port, readyPath }: Expected): Promise<boolean> {
  if (readyPath === undefined) return isListening(port);
  const answer = await fetch(`http://127.0.0.1:${port}${readyPath}`).catch(() => undefined);
  await answer?.body?.cancel();
  return answer?.ok ?? false;
}

export function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
