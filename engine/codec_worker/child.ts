import { type ChildProcess, spawn } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import type { Duplex } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { type Message, readMessages, writeMessage } from './message.ts';

export interface WorkerProcess {
  readonly pid: number | undefined;
  readonly isAlive: () => boolean;
  /** Takes one question at a time. Rejects if the process ends before it answers. */
  ask(question: Message): Promise<Message>;
  /** Allows this process to exit while the child waits for work. */
  rest(): void;
  /** Resolves when the process has ended. */
  kill(): Promise<void>;
}

/** The worker's program: next to this file in the tree, next to the bundle in a release. */
export const workerEntry = new URL(
  import.meta.url.endsWith('.ts') ? './main.ts' : './worker.js',
  import.meta.url,
);

/**
 * Node's permission model keeps codecs from writing files and from starting programs.
 * Native codecs are add-ons; type stripping needs no permission.
 */
const permission = '--permission';
const flags = [
  // Before Node 22.13 it was an experiment.
  process.allowedNodeEnvironmentFlags.has(permission) ? permission : '--experimental-permission',
  '--allow-fs-read=*',
  '--allow-addons',
  '--disable-warning=SecurityWarning',
  '--disable-warning=ExperimentalWarning',
  '--max-old-space-size=1024',
  '--expose-gc',
];

/**
 * The worker's whole environment. glibc clears memory before it hands it out, so that a native codec that leaves
 * pixels unset shows nothing of an earlier job. The cache of small chunks is off, because it would skip that.
 */
const environment = { GLIBC_TUNABLES: 'glibc.malloc.perturb=255:glibc.malloc.tcache_count=0' };

/** Under `node --inspect` the worker listens for a debugger too, on a free port that it prints on stderr. */
const isDebugged = process.execArgv.some((flag) => flag.startsWith('--inspect'));
const debugFlags = isDebugged ? ['--allow-inspector', '--inspect=127.0.0.1:0'] : [];

const maxAnswerBytes = 2 ** 31;

function spawnWorker(entry: URL): { process: ChildProcess; link: Duplex } {
  const process_ = spawn(process.execPath, [...flags, ...debugFlags, fileURLToPath(entry)], {
    stdio: ['ignore', 'ignore', isDebugged ? 'inherit' : 'ignore', 'pipe'],
    env: environment,
  });
  return { process: process_, link: process_.stdio[3] as Duplex };
}

/** Lowers the priority of a worker, because this process serves the common formats. */
function lowerPriority(pid: number | undefined): void {
  try {
    if (pid !== undefined) setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // Not permitted, or the worker has ended; a worker works at any priority.
  }
}

/** Starts the worker process. */
export function startWorker(entry: URL): WorkerProcess {
  const { process: child, link } = spawnWorker(entry);
  const socket = link as Duplex & { ref(): void; unref(): void };
  const questions = new Set<PromiseWithResolvers<Message>>();
  const ended = new Promise<void>((resolve) => {
    const end = (cause: unknown): void => {
      for (const { reject } of questions) reject(new Error('worker ended', { cause }));
      questions.clear();
      link.destroy();
      resolve();
    };
    child.once('error', end);
    child.once('exit', (code, signal) => end({ code, signal }));
  });
  const isAlive = (): boolean => child.exitCode === null && child.signalCode === null && !child.killed;
  lowerPriority(child.pid);
  link.on('error', () => child.kill('SIGKILL'));
  readMessages(link, maxAnswerBytes, (frame) => {
    for (const { resolve } of questions) resolve(frame);
    questions.clear();
  });
  return {
    pid: child.pid,
    isAlive,
    ask: (question) => {
      const answer = Promise.withResolvers<Message>();
      questions.add(answer);
      child.ref();
      socket.ref();
      if (isAlive()) writeMessage(link, question);
      else answer.reject(new Error('worker ended'));
      return answer.promise;
    },
    rest: () => {
      child.unref();
      socket.unref();
    },
    kill: () => {
      child.ref();
      child.kill('SIGKILL');
      return ended;
    },
  };
}
