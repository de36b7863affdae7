import { checkResourceName, splitTaskName } from './names.ts';
import { rpcError } from './refusal.ts';
import { defaultSettings, type Queue, queueToWire, readSettings } from './settings.ts';
import type { TaskStore } from './store.ts';
import { type QueuedTask, readTask, taskToWire } from './task.ts';
import type { Masked, Named, Paged, Parented, QueueRequest, TaskRequest, Viewed } from './wire.ts';

export type Context = {
  readonly store: TaskStore;
  readonly now: () => number;
  readonly tombstoneMs: number;
  /** Wakes the queue's dispatcher after a change. */
  readonly wake: (queue: string) => void;
  readonly runNow: (task: QueuedTask) => void;
  readonly count: (what: 'created' | 'duplicates') => void;
};

const defaultPageSize = 1000;

/** The methods of google.cloud.tasks.v2.CloudTasks, each a function of its request. */
export function createMethods(context: Context) {
  return { ...queueMethods(context), ...taskMethods(context) };
}

function queueMethods({ store, now, wake, tombstoneMs }: Context) {
  function put(queue: Queue) {
    store.putQueue(queue);
    wake(queue.name);
    return queueToWire(queue);
  }

  return {
    ListQueues: ({ parent }: Parented) => ({
      queues: queuesOf(store, checkResourceName('parent', parent)).map(queueToWire),
    }),
    GetQueue: ({ name }: Named) => queueToWire(existing(store, name)),
    CreateQueue({ parent, queue }: Parented & QueueRequest) {
      const name = checkResourceName('queue', queue?.name);
      if (!name.startsWith(`${checkResourceName('parent', parent)}/queues/`)) {
        throw rpcError('INVALID_ARGUMENT', 'Queue.name must start with the parent of the request.');
      }
      if (store.queue(name)) throw rpcError('ALREADY_EXISTS', 'Queue already exists');
      return put({ ...readSettings(queue ?? {}, defaultSettings), name, paused: false });
    },
    /** Creates a missing queue, as Google's does. */
    UpdateQueue({ queue, updateMask }: QueueRequest & Masked) {
      const name = checkResourceName('queue', queue?.name);
      const old = store.queue(name) ?? { ...defaultSettings, name, paused: false };
      const settings = readSettings(queue ?? {}, old, updateMask?.paths ?? undefined);
      return put({ ...old, ...settings });
    },
    DeleteQueue({ name }: Named) {
      const queue = existing(store, name);
      store.deleteQueue(queue.name);
      wake(queue.name);
      return {};
    },
    PurgeQueue({ name }: Named) {
      const queue = existing(store, name);
      store.purge(queue.name, now() + tombstoneMs);
      return put({ ...queue, purgedMs: now() });
    },
    PauseQueue: ({ name }: Named) => put({ ...existing(store, name), paused: true }),
    ResumeQueue: ({ name }: Named) => put({ ...existing(store, name), paused: false }),
  };
}

function taskMethods({ store, now, tombstoneMs, wake, runNow, count }: Context) {
  function found(name: unknown): QueuedTask {
    splitTaskName(name);
    const task = store.task(String(name));
    if (task) return task;
    const isRecent = store.isBuried(String(name), now());
    const text = isRecent
      ? 'The task no longer exists, though a task with this name existed recently.'
      : notFound;
    throw rpcError('NOT_FOUND', text);
  }

  return {
    CreateTask({ parent, task: wire, responseView }: Parented & TaskRequest & Viewed) {
      const queue = existing(store, parent).name;
      const task = readTask(wire ?? {}, queue, now());
      const taken = takenText(store, task.name, now());
      count(taken ? 'duplicates' : 'created');
      if (taken) throw rpcError('ALREADY_EXISTS', taken);
      store.add(task);
      wake(queue);
      return taskToWire(task, responseView);
    },
    GetTask: ({ name, responseView }: Named & Viewed) => taskToWire(found(name), responseView),
    ListTasks({ parent, pageSize, pageToken, responseView }: Parented & Paged & Viewed) {
      const limit = Math.min(pageSize || defaultPageSize, defaultPageSize);
      const rows = store.tasks(existing(store, parent).name, Number(pageToken || 0), limit + 1);
      const page = rows.slice(0, limit);
      const nextPageToken = rows.length > limit ? String(page.at(-1)?.seq) : '';
      return { tasks: page.map(({ task }) => taskToWire(task, responseView)), nextPageToken };
    },
    DeleteTask({ name }: Named) {
      const task = found(name);
      store.end(task.name, now() + tombstoneMs);
      wake(task.queue);
      return {};
    },
    /** Sends at once, even from a paused queue or beyond its limits. */
    RunTask({ name, responseView }: Named & Viewed) {
      const task = found(name);
      runNow(task);
      return taskToWire(task, responseView);
    },
  };
}

const notFound = 'Requested entity was not found.';

function queuesOf(store: TaskStore, parent: string): Queue[] {
  const own = store.queues().filter(({ name }) => name.startsWith(`${parent}/queues/`));
  return own.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function existing(store: TaskStore, name: unknown): Queue {
  const queue = store.queue(checkResourceName('queue', name));
  if (queue) return queue;
  throw rpcError(
    'NOT_FOUND',
    'Queue does not exist. If you just created the queue, wait at least a minute for the queue to initialize.',
  );
}

function takenText(store: TaskStore, name: string, nowMs: number): string | undefined {
  if (store.task(name)) return 'Requested entity already exists';
  if (!store.isBuried(name, nowMs)) return undefined;
  return 'The task cannot be created because a task with this name existed too recently';
}
