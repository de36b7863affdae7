import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from '../common/problem.ts';

export type ChildOptions = {
  readonly name: string;
  /** Arguments of node: the entry file and its own. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where it listens. */
  readonly port: number;
  /** Answers 200 when it is ready; without one, it is ready when it listens. */
  readonly readyPath?: string;
  /** Takes its output. */
  readonly logFile: string;
  /** Starts it again when it dies by itself. */
  readonly isKept: boolean;
  readonly onEvent?: (line: string) => void;
};

/** A service in a process of its own. */
export type Child = ReturnType<typeof childProcess>;

const leash = new URL('leash.ts', import.meta.url).href;
const limits = { startMs: 30_000, stopMs: 10_000, pollMs: 10, longestPauseMs: 5_000 };

export function childProcess(options: ChildOptions) {
  const { name, port, onEvent = () => {} } = options;
  let running: ChildProcess | undefined;
  let starting: Promise<void> | undefined;
  let isWanted = false;
  let deaths = 0;

  function start(): Promise<void> {
    isWanted = true;
    starting ??= (running ? Promise.resolve() : launchAndWait()).finally(() => {
      starting = undefined;
    });
    return starting;
  }

  async function launchAndWait(): Promise<void> {
    const log = openSync(options.logFile, 'a');
    const child = launch(options, log);
    closeSync(log);
    running = child;
    child.once('exit', (code, signal) => {
      running = undefined;
      if (isWanted && !starting && options.isKept) again(signal ?? `exit status ${code}`);
    });
    await readiness(child, options);
  }

  async function again(cause: string): Promise<void> {
    deaths += 1;
    onEvent(`${name} ended (${cause}), starting it again`);
    await sleep(Math.min(limits.longestPauseMs, 50 * 2 ** deaths));
    if (!isWanted) return;
    await start().then(
      () => {
        deaths = 0;
      },
      () => (isWanted ? again('it did not come up') : undefined),
    );
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    isWanted = false;
    const child = running;
    if (!child) return;
    const gone = once(child, 'exit');
    send(child, signal);
    const isLate = await Promise.race([gone, sleep(limits.stopMs, 'late', { ref: false })]);
    if (isLate === 'late') send(child, 'SIGKILL');
    await gone;
    await starting?.catch(() => {});
  }

  return {
    name,
    url: `http://127.0.0.1:${port}`,
    pid: () => running?.pid,
    /** Resolves when it is ready. @throws Problem with its last words when it ends before. */
    start,
    /** Resolves when it is gone; it stays so until `start` or `restart`. */
    kill: (signal: NodeJS.Signals = 'SIGKILL') => end(signal),
    /** Ends it as Cloud Run does, with SIGTERM, and with SIGKILL when that takes too long. */
    stop: () => end('SIGTERM'),
    async restart() {
      await end('SIGTERM');
      await start();
    },
  };
}

function launch({ args, env }: ChildOptions, log: number): ChildProcess {
  return spawn(process.execPath, ['--import', leash, ...args], {
    env: { ...env },
    // A group of its own keeps the terminal's Ctrl-C from it: its parent ends it in good order.
    detached: true,
    windowsHide: true,
    stdio: ['ignore', log, log, 'ipc'],
  });
}

/** SIGKILL takes all its processes, as the end of a container does; other signals are for the first alone. */
function send(child: ChildProcess, signal: NodeJS.Signals): void {
  if (signal === 'SIGKILL' && process.platform !== 'win32') killGroup(child.pid);
  child.kill(signal);
}

function killGroup(pid = 0): void {
  try {
    if (pid > 0) process.kill(-pid, 'SIGKILL');
  } catch {
    // Gone by itself in the meantime.
  }
}

async function readiness(child: ChildProcess, options: ChildOptions): Promise<void> {
  const { name, port, logFile } = options;
  const lastMs = Date.now() + limits.startMs;
  while (child.exitCode === null && child.signalCode === null) {
    if (await isReady(options)) return;
    if (Date.now() > lastMs)
      throw new Problem('internal', `${name} is not ready on port ${port}; its log: ${logFile}`);
    await sleep(limits.pollMs);
  }
  const log = await readFile(logFile, 'utf8');
  throw new Problem(
    'internal',
    `${name} ended before it was ready; last lines of ${logFile}:\n${log.slice(-2000)}`,
  );
}

async function isReady({ port, readyPath }: ChildOptions): Promise<boolean> {
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
