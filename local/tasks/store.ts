import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type SQLOutputValue } from 'node:sqlite';
import type { Queue } from './settings.ts';
import type { History, QueuedTask } from './task.ts';

/**
 * Queues, tasks and tombstones on disk. Every completed statement survives a kill -9 of the process. With
 * synchronous=NORMAL a power cut may lose the last moments but never corrupts the file.
 */
export type TaskStore = ReturnType<typeof openTaskStore>;

const schema = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  CREATE TABLE IF NOT EXISTS queues (name TEXT PRIMARY KEY, settings TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS tasks (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE NOT NULL, queue TEXT NOT NULL,
    due REAL NOT NULL, running INTEGER NOT NULL DEFAULT 0,
    request TEXT NOT NULL, body BLOB NOT NULL, history TEXT NOT NULL);
  CREATE INDEX IF NOT EXISTS tasks_due ON tasks (queue, running, due, seq);
  CREATE TABLE IF NOT EXISTS tombstones (name TEXT PRIMARY KEY, until REAL NOT NULL);
  UPDATE tasks SET running = 0;
`;

const sql = {
  queues: 'SELECT * FROM queues ORDER BY name',
  putQueue: 'INSERT OR REPLACE INTO queues VALUES (?, ?)',
  deleteQueue: 'DELETE FROM queues WHERE name = ?',
  deleteTasks: 'DELETE FROM tasks WHERE queue = ?',
  insert: 'INSERT INTO tasks (name, queue, due, request, body, history) VALUES (?, ?, ?, ?, ?, ?)',
  task: 'SELECT * FROM tasks WHERE name = ?',
  tasks: 'SELECT * FROM tasks WHERE queue = ? AND seq > ? ORDER BY seq LIMIT ?',
  due: 'SELECT * FROM tasks WHERE queue = ? AND running = 0 AND due <= ? ORDER BY due, seq LIMIT 1',
  nextDue: 'SELECT min(due) AS due FROM tasks WHERE queue = ? AND running = 0',
  start: 'UPDATE tasks SET running = 1, history = ? WHERE name = ?',
  putBack: 'UPDATE tasks SET running = 0, due = ?, history = ? WHERE name = ?',
  deleteTask: 'DELETE FROM tasks WHERE name = ?',
  any: 'SELECT 1 FROM tasks LIMIT 1',
  buryAll: 'INSERT OR REPLACE INTO tombstones SELECT name, ? FROM tasks WHERE queue = ?',
  bury: 'INSERT OR REPLACE INTO tombstones VALUES (?, ?)',
  isBuried: 'SELECT 1 FROM tombstones WHERE name = ? AND until > ?',
  forget: 'DELETE FROM tombstones WHERE until <= ?',
} as const;

type Row = Record<string, SQLOutputValue>;

export function openTaskStore(dir: string, nowMs: number) {
  mkdirSync(dir, { recursive: true });
  const db = new DatabaseSync(join(dir, 'tasks.sqlite'));
  db.exec(schema);
  const run = Object.fromEntries(
    Object.entries(sql).map(([name, text]) => [name, db.prepare(text)]),
  ) as Record<keyof typeof sql, ReturnType<typeof db.prepare>>;
  run.forget.run(nowMs);
  // In memory, because every task needs them.
  const queues = new Map(run.queues.all().map((row) => [String(row.name), toQueue(row)]));

  return {
    queues: () => [...queues.values()],
    queue: (name: string) => queues.get(name),
    putQueue(queue: Queue) {
      run.putQueue.run(queue.name, JSON.stringify(queue));
      queues.set(queue.name, queue);
    },
    deleteQueue(name: string) {
      queues.delete(name);
      run.deleteTasks.run(name);
      run.deleteQueue.run(name);
    },
    purge(queue: string, takenUntilMs: number) {
      run.buryAll.run(takenUntilMs, queue);
      run.deleteTasks.run(queue);
    },

    add(task: QueuedTask) {
      const { name, queue, dueMs, body, history, ...request } = task;
      run.insert.run(name, queue, dueMs, JSON.stringify(request), body, JSON.stringify(history));
    },
    task: (name: string) => maybe(run.task.get(name), toTask),
    /** Tasks in the order of their creation, after sequence number `after`. */
    tasks: (queue: string, after: number, limit: number) =>
      run.tasks.all(queue, after, limit).map((row) => ({ seq: Number(row.seq), task: toTask(row) })),
    firstDue: (queue: string, nowMs: number) => maybe(run.due.get(queue, nowMs), toTask),
    nextDueMs: (queue: string) => run.nextDue.get(queue)?.due as number | null,
    isEmpty: () => run.any.get() === undefined,

    start: (name: string, history: History) => void run.start.run(JSON.stringify(history), name),
    /** Does nothing when the task was deleted meanwhile. */
    putBack: (name: string, dueMs: number, history: History) =>
      void run.putBack.run(dueMs, JSON.stringify(history), name),
    /** Ends a task; its name stays taken until `takenUntilMs`. */
    end(name: string, takenUntilMs: number) {
      db.exec('BEGIN');
      run.bury.run(name, takenUntilMs);
      run.deleteTask.run(name);
      db.exec('COMMIT');
    },
    isBuried: (name: string, nowMs: number) => run.isBuried.get(name, nowMs) !== undefined,
    close: () => void (db.isOpen && db.close()),
  };
}

function maybe<T>(row: Row | undefined, read: (row: Row) => T): T | undefined {
  return row && read(row);
}

function toQueue(row: Row): Queue {
  return JSON.parse(String(row.settings)) as Queue;
}

function toTask(row: Row): QueuedTask {
  return {
    ...JSON.parse(String(row.request)),
    name: String(row.name),
    queue: String(row.queue),
    dueMs: Number(row.due),
    body: row.body as Uint8Array,
    history: JSON.parse(String(row.history)),
  };
}
