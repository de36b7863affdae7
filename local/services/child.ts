import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Expected, waitUntilReady } from './readiness.ts';

export type ChildOptions = Expected & {
  /** Arguments of node: the entry file and its own. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Restarts the process when it exits by itself. */
  readonly isKept: boolean;
  readonly onEvent?: (line: string) => void;
};

/** A service in its own process. */
export type ServiceProcess = ReturnType<typeof createServiceProcess>;

const leash = new URL('./die_with_parent.ts', import.meta.url).href;
const limits = { stopMs: 10_000, longestPauseMs: 5_000 };

export function createServiceProcess(options: ChildOptions) {
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
      if (isWanted && !starting && options.isKept) restart(signal ?? `exit status ${code}`);
    });
    await waitUntilReady(child, options);
  }

  async function restart(cause: string): Promise<void> {
    deaths += 1;
    onEvent(`${name} exited (${cause}), restarting it`);
    await sleep(Math.min(limits.longestPauseMs, 50 * 2 ** deaths));
    if (!isWanted) return;
    await start().then(
      () => {
        deaths = 0;
      },
      () => (isWanted ? restart('it did not start') : undefined),
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
    /** Resolves when it is ready. @throws Problem with the end of its log when it exits before. */
    start,
    /** Resolves when the process has exited; it is not restarted until `start` or `restart`. */
    kill: (signal: NodeJS.Signals = 'SIGKILL') => end(signal),
    /** Stops it as Cloud Run does: SIGTERM, then SIGKILL when that takes too long. */
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
    // Its own process group shields it from the terminal's Ctrl-C: the parent stops it in order.
    detached: true,
    windowsHide: true,
    stdio: ['ignore', log, log, 'ipc'],
  });
}

/** SIGKILL ends the whole process group, as the end of a container does. Other signals go to the first process only. */
function send(child: ChildProcess, signal: NodeJS.Signals): void {
  if (signal === 'SIGKILL' && process.platform !== 'win32') killGroup(child.pid);
  child.kill(signal);
}

function killGroup(pid = 0): void {
  try {
    if (pid > 0) process.kill(-pid, 'SIGKILL');
  } catch {
    // It has exited in the meantime.
  }
}
