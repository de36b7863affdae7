import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type SQLOutputValue } from 'node:sqlite';
import type { ObjectResource } from '../storage/api/resource.ts';
import { eventId } from './cloud_event.ts';

export type Delivery = { readonly seq: number; readonly attempts: number; readonly object: ObjectResource };
export type EventStore = ReturnType<typeof openEventStore>;

const schema = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  CREATE TABLE IF NOT EXISTS deliveries (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, event TEXT NOT NULL, copy INTEGER NOT NULL,
    due REAL NOT NULL, running INTEGER NOT NULL DEFAULT 0, attempts INTEGER NOT NULL DEFAULT 0,
    object TEXT NOT NULL, UNIQUE (event, copy));
  CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (running, due, seq);
  UPDATE deliveries SET running = 0;
`;

/** The pending deliveries, on disk: an added delivery survives a kill -9. */
export function openEventStore(dir: string, file: string) {
  mkdirSync(dir, { recursive: true });
  const db = new DatabaseSync(join(dir, file));
  db.exec(schema);
  const insert = db.prepare(
    'INSERT OR IGNORE INTO deliveries (event, copy, due, object) VALUES (?, ?, ?, ?)',
  );
  const due = 'FROM deliveries WHERE running = 0 AND due <= ?';
  const first = db.prepare(`SELECT * ${due} ORDER BY due, seq LIMIT 1 OFFSET ?`);
  const countDue = db.prepare(`SELECT count(*) AS count ${due}`);
  const next = db.prepare('SELECT min(due) AS due FROM deliveries WHERE running = 0');
  const start = db.prepare('UPDATE deliveries SET running = 1, attempts = attempts + 1 WHERE seq = ?');
  const putBack = db.prepare('UPDATE deliveries SET running = 0, due = ? WHERE seq = ?');
  const end = db.prepare('DELETE FROM deliveries WHERE seq = ?');
  const any = db.prepare('SELECT 1 FROM deliveries LIMIT 1');

  return {
    add(object: ObjectResource, dueMs: readonly number[]) {
      const text = JSON.stringify(object);
      for (const [copy, ms] of dueMs.entries()) insert.run(eventId(object), copy, ms, text);
    },
    countDue: (nowMs: number) => Number(countDue.get(nowMs)?.count),
    /** The due delivery after the first `skip` ones. */
    take: (nowMs: number, skip: number) => toDelivery(first.get(nowMs, skip)),
    nextDueMs: () => next.get()?.due as number | null,
    start: (seq: number) => void start.run(seq),
    putBack: (seq: number, dueMs: number) => void putBack.run(dueMs, seq),
    end: (seq: number) => void end.run(seq),
    isEmpty: () => any.get() === undefined,
    close: () => void (db.isOpen && db.close()),
  };
}

function toDelivery(row: Record<string, SQLOutputValue> | undefined): Delivery | undefined {
  if (!row) return undefined;
  return { seq: Number(row.seq), attempts: Number(row.attempts), object: JSON.parse(String(row.object)) };
}
