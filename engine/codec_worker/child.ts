import { type ChildProcess, spawn } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import type { Duplex } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { type Frame, readFrames, writeFrame } from './frame.ts';

export interface Child {
  readonly pid: number | undefined;
  readonly isAlive: () => boolean;
  /** One question at a time. Rejects when the process ends first. */
  ask(question: Frame): Promise<Frame>;
  /** Lets this process end while the child waits for work. */
  rest(): void;
  /** Resolves when it has ended. */
  kill(): Promise<void>;
}

/** The worker's program: beside this file in the tree, beside the bundle in a release. */
export const workerEntry = new URL(
  import.meta.url.endsWith('.ts') ? './main.ts' : './worker.js',
  import.meta.url,
);

/**
 * Node's permission model keeps codecs from writing files and starting programs; they get no environment.
 * Native codecs are add-ons, and type stripping needs no permission.
 */
const flags = [
  '--permission',
  '--allow-fs-read=*',
  '--allow-addons',
  '--disable-warning=SecurityWarning',
  '--max-old-space-size=1024',
  '--expose-gc',
];

/**
 * glibc fills what it hands out with zeros, so that a native codec that leaves pixels unset shows nothing of an
 * earlier job. Its cache of small chunks would hand them out as they are.
 */
const environment = { GLIBC_TUNABLES: 'glibc.malloc.perturb=255:glibc.malloc.tcache_count=0' };

/** Under `node --inspect` the worker listens for a debugger too, on a free port that it prints on stderr. */
const isDebugged = process.execArgv.some((flag) => flag.startsWith('--inspect'));
const debugFlags = isDebugged ? ['--allow-inspector', '--inspect=127.0.0.1:0'] : [];

const maxAnswerBytes = 2 ** 31;

function started(entry: URL): { process: ChildProcess; link: Duplex } {
  const process_ = spawn(process.execPath, [...flags, ...debugFlags, fileURLToPath(entry)], {
    stdio: ['ignore', 'ignore', isDebugged ? 'inherit' : 'ignore', 'pipe'],
    env: environment,
  });
  return { process: process_, link: process_.stdio[3] as Duplex };
}

/** Common formats are served by this process: it goes first. */
function giveWay(pid: number | undefined): void {
  try {
    if (pid !== undefined) setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // Not allowed to, or already gone: it works at any priority.
  }
}

/** Starts the worker process. */
export function startChild(entry: URL): Child {
  const { process: child, link } = started(entry);
  const socket = link as Duplex & { ref(): void; unref(): void };
  const asked = new Set<PromiseWithResolvers<Frame>>();
  const ended = new Promise<void>((resolve) => {
    const end = (cause: unknown): void => {
      for (const { reject } of asked) reject(new Error('worker ended', { cause }));
      asked.clear();
      link.destroy();
      resolve();
    };
    child.once('error', end);
    child.once('exit', (code, signal) => end({ code, signal }));
  });
  const isAlive = (): boolean => child.exitCode === null && child.signalCode === null && !child.killed;
  giveWay(child.pid);
  link.on('error', () => child.kill('SIGKILL'));
  readFrames(link, maxAnswerBytes, (frame) => {
    for (const { resolve } of asked) resolve(frame);
    asked.clear();
  });
  return {
    pid: child.pid,
    isAlive,
    ask: (question) => {
      const answer = Promise.withResolvers<Frame>();
      asked.add(answer);
      child.ref();
      socket.ref();
      if (isAlive()) writeFrame(link, question);
      else answer.reject(new Error('worker had ended'));
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
