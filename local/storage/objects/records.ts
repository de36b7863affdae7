import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { ObjectPath, StoredObject } from './object.ts';

export type Bucket = Readonly<Record<string, unknown>> & {
  readonly name: string;
  readonly timeCreated: string;
};

/** An object, and whether its finalize event has not been handed over yet. */
export type ObjectRecord = { readonly object: StoredObject; readonly isPending: boolean };

/**
 * Buckets and objects without their bytes, on disk. Every completed call survives a kill -9 of the process. With
 * synchronous=NORMAL a power cut may lose the last moments but never corrupts the file.
 */
export type Records = ReturnType<typeof openRecords>;

/** `pending`: the generation whose event is owed, or null. */
const schema = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  CREATE TABLE IF NOT EXISTS buckets (name TEXT PRIMARY KEY, bucket TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS objects (
    bucket TEXT NOT NULL, name TEXT NOT NULL, object TEXT NOT NULL, pending INTEGER,
    PRIMARY KEY (bucket, name)) WITHOUT ROWID;
`;

export function openRecords(dir: string) {
  mkdirSync(dir, { recursive: true });
  const db = new DatabaseSync(join(dir, 'objects.sqlite'));
  db.exec(schema);
  const putBucket = db.prepare('INSERT OR REPLACE INTO buckets VALUES (?, ?)');
  const deleteBucket = db.prepare('DELETE FROM buckets WHERE name = ?');
  const put = db.prepare('INSERT OR REPLACE INTO objects VALUES (?, ?, ?, ?)');
  const change = db.prepare('UPDATE objects SET object = ? WHERE bucket = ? AND name = ?');
  const unmark = db.prepare(
    'UPDATE objects SET pending = NULL WHERE bucket = ? AND name = ? AND pending = ?',
  );
  const drop = db.prepare('DELETE FROM objects WHERE bucket = ? AND name = ?');

  return {
    buckets: () =>
      db
        .prepare('SELECT bucket FROM buckets')
        .all()
        .map(({ bucket }) => JSON.parse(String(bucket)) as Bucket),
    putBucket: (bucket: Bucket) => void putBucket.run(bucket.name, JSON.stringify(bucket)),
    removeBucket: (name: string) => void deleteBucket.run(name),

    objects: () =>
      db
        .prepare('SELECT object, pending FROM objects')
        .all()
        .map(
          ({ object, pending }): ObjectRecord => ({
            object: JSON.parse(String(object)),
            isPending: pending !== null,
          }),
        ),
    /** Creates or replaces an object, and marks its event as owed, in one step. */
    put({ object, isPending }: ObjectRecord): void {
      const { bucket, name, generation } = object;
      put.run(bucket, name, JSON.stringify(object), isPending ? generation : null);
    },
    /** Replaces the attributes of an object; its event stays owed or not. */
    change: (object: StoredObject) => void change.run(JSON.stringify(object), object.bucket, object.name),
    /** The event of this generation has been handed over. */
    unmark: ({ bucket, name, generation }: StoredObject) => void unmark.run(bucket, name, generation),
    remove: ({ bucket, name }: ObjectPath) => void drop.run(bucket, name),
    close: () => void (db.isOpen && db.close()),
  };
}
