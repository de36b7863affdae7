import { createWaiters } from '../kit/waiters.ts';
import { type Dispatcher, startDispatcher } from './dispatcher.ts';
import { serveGrpc } from './grpc.ts';
import { createMethods } from './methods.ts';
import { type MintToken, trackAttempts } from './runs.ts';
import { defaultSettings, type Queue, type QueueSettings } from './settings.ts';
import { openTaskStore, type TaskStore } from './store.ts';
import type { QueuedTask } from './task.ts';

type WantedQueue = { readonly name: string } & Partial<QueueSettings>;

export type TasksOptions = {
  /** Folder of queues and tasks; a new start continues from it. */
  readonly dir: string;
  /** 0 picks a free one. */
  readonly port: number;
  readonly mintToken: MintToken;
  /** Queues to create or update before the first request. */
  readonly queue?: WantedQueue | readonly WantedQueue[];
  /** How long the name of an ended task stays taken: about an hour at Google. */
  readonly tombstoneMs?: number;
  readonly now?: () => number;
};

/** An emulator of Cloud Tasks v2: gRPC for clients, HTTP dispatch with OIDC tokens to targets. */
export type Tasks = Awaited<ReturnType<typeof startTasks>>;

export async function startTasks(options: TasksOptions) {
  const { now = Date.now, tombstoneMs = 3_600_000 } = options;
  const store = openTaskStore(options.dir, now());
  const stats = { created: 0, duplicates: 0, dispatched: 0, done: 0, again: 0, dropped: 0 };
  const count = (what: keyof typeof stats) => {
    stats[what] += 1;
  };
  const runs = trackAttempts({ store, now, tombstoneMs, token: options.mintToken, onDecision: count });
  const idlers = createWaiters(() => runs.count() === 0 && store.isEmpty());

  async function send(task: QueuedTask) {
    count('dispatched');
    await runs.send(task);
    idlers.tell();
  }

  const dispatchers = keep((queue) => startDispatcher({ store, queue, now, send }));
  const wake = (queue: string) => {
    dispatchers.of(queue).wake();
    idlers.tell();
  };
  const runNow = (task: QueuedTask) => dispatchers.of(task.queue).run(task);
  const answers = createMethods({ store, now, tombstoneMs, wake, runNow, count });
  for (const queue of [options.queue ?? []].flat()) store.putQueue(queueWith(store, queue));
  const server = await serveGrpc(answers, options.port);
  for (const { name } of store.queues()) wake(name);

  return {
    port: server.port,
    url: `http://127.0.0.1:${server.port}`,
    /** Counters since the start; `again` counts failed attempts, `dropped` tasks without further attempts. */
    stats: (): Readonly<typeof stats> => ({ ...stats }),
    pause: (name: string) => answers.PauseQueue({ name }),
    resume: (name: string) => answers.ResumeQueue({ name }),
    purge: (name: string) => answers.PurgeQueue({ name }),
    /** Resolves when no task is waiting or running, including tasks due later and tasks of paused queues. */
    idle: idlers.wait,
    /** Cuts off running attempts; the next start in the same folder repeats them. */
    async close() {
      for (const dispatcher of dispatchers.all()) dispatcher.stop();
      server.close();
      await runs.stop();
      store.close();
    },
  };
}

function keep(start: (queue: string) => Dispatcher) {
  const kept = new Map<string, Dispatcher>();
  return {
    all: () => kept.values(),
    of(queue: string): Dispatcher {
      const one = kept.get(queue) ?? start(queue);
      kept.set(queue, one);
      return one;
    },
  };
}

function queueWith(store: TaskStore, wanted: WantedQueue): Queue {
  const old = store.queue(wanted.name);
  return { ...defaultSettings, paused: false, ...old, ...wanted };
}
