import { copyFile, rename, rm } from 'node:fs/promises';
import { type Bucket, diskAt } from './disk.ts';
import { byBytes, type ListOptions, type Page, pageOf } from './list.ts';
import { locks } from './locks.ts';
import { type Attributes, attributesOf, checkedName, type ObjectPath, type StoredObject } from './object.ts';
import { checkPreconditions, type Preconditions } from './preconditions.ts';
import { refusal } from './refusal.ts';
import { type Staged, stage } from './staging.ts';

export type FinalizeListener = (object: StoredObject) => void | Promise<void>;
export type Store = Awaited<ReturnType<typeof openStore>>;

export type Write = ObjectPath & {
  readonly staged: Staged;
  readonly attributes: Attributes;
  readonly preconditions?: Preconditions;
  /** Checksums the caller states; a difference refuses the write. */
  readonly expected?: Partial<Staged>;
};

const pathText = ({ bucket, name }: ObjectPath) => `${bucket}/${name}`;

/**
 * Opens the object store in `dir`; one process at a time. Every change is on disk before its promise
 * resolves. `now` is the clock of generations, in milliseconds.
 */
export async function openStore(dir: string, now: () => number = Date.now) {
  const disk = diskAt(dir);
  const loaded = await disk.load();
  const buckets = new Map(loaded.buckets.map((bucket) => [bucket.name, bucket]));
  const shelves = new Map([...buckets.keys()].map((name) => [name, shelf()]));
  for (const object of loaded.objects) shelves.get(object.bucket)?.set(object);
  let unannounced: readonly StoredObject[] = loaded.unannounced;
  let lastGeneration = Math.max(0, ...[...shelves.values()].map((shelf) => shelf.newest()));
  const listeners = new Set<FinalizeListener>();
  const inTurn = locks();

  function nextGeneration(): number {
    lastGeneration = Math.max(lastGeneration + 1, now() * 1000);
    return lastGeneration;
  }

  function shelfOf(bucket: string) {
    const found = shelves.get(bucket);
    if (found) return found;
    throw refusal(404, `The specified bucket does not exist: ${bucket}`);
  }

  function find(path: ObjectPath, generation?: number): StoredObject | undefined {
    const object = shelfOf(path.bucket).get(path.name);
    return generation === undefined || object?.generation === generation ? object : undefined;
  }

  function get(path: ObjectPath, generation?: number): StoredObject {
    const object = find(path, generation);
    if (object) return object;
    throw refusal(404, `No such object: ${pathText(path)}${generation ? `#${generation}` : ''}`);
  }

  /** The object becomes visible with the rename inside `writeObject`, and stays as it was until then. */
  async function commit({ staged, attributes, preconditions = {}, expected = {}, bucket, name }: Write) {
    const path = { bucket, name: checkedName(name) };
    const before = find(path);
    checkPreconditions(preconditions, before);
    checkSums(staged, expected);
    const time = new Date(now()).toISOString();
    const { file, ...measured } = staged;
    const kept = { storageClass: 'STANDARD', ...attributes, ...measured, ...path };
    const object: StoredObject = {
      ...kept,
      generation: nextGeneration(),
      metageneration: 1,
      timeCreated: time,
      updated: time,
    };
    if (listeners.size > 0) await disk.markPending(object);
    await rename(file, disk.blob(object));
    await disk.writeObject(object);
    shelfOf(bucket).set(object);
    if (before) await disk.removeBlob(before);
    return object;
  }

  async function announce(object: StoredObject): Promise<void> {
    if (listeners.size === 0) return;
    for (const listener of listeners) await listener(object);
    await disk.unmarkPending(object);
  }

  async function write(request: Write): Promise<StoredObject> {
    try {
      const object = await inTurn(pathText(request), () => commit(request));
      await announce(object);
      return object;
    } finally {
      await rm(request.staged.file, { force: true });
    }
  }

  return {
    find,
    get,
    write,
    newFile: disk.newFile,
    blob: disk.blob,

    /** Takes bytes in; hand the result to `write`, which removes the file whatever happens. */
    async stage(source: AsyncIterable<Uint8Array>): Promise<Staged> {
      const file = disk.newFile();
      try {
        return await stage(source, file);
      } catch (error) {
        await rm(file, { force: true });
        throw error;
      }
    },

    async copy(source: StoredObject, to: Omit<Write, 'staged'>): Promise<StoredObject> {
      const { size, md5Hash, crc32c } = source;
      const file = disk.newFile();
      await copyFile(disk.blob(source), file);
      return write({ ...to, staged: { file, size, md5Hash, crc32c } });
    },

    /** Changes attributes only: the generation stays, the metageneration grows. */
    patch(path: ObjectPath, change: (before: StoredObject) => Attributes): Promise<StoredObject> {
      return inTurn(pathText(path), async () => {
        const before = get(path);
        const attributes = change(before);
        const rest = Object.fromEntries(
          Object.entries(before).filter(([name]) => !(name in attributesOf(before))),
        ) as Omit<StoredObject, keyof Attributes>;
        const metageneration = before.metageneration + 1;
        const after = { ...rest, ...attributes, metageneration, updated: new Date(now()).toISOString() };
        await disk.writeObject(after);
        shelfOf(path.bucket).set(after);
        return after;
      });
    },

    remove(path: ObjectPath, check: (object: StoredObject) => void = () => {}): Promise<void> {
      return inTurn(pathText(path), async () => {
        const object = get(path);
        check(object);
        await disk.removeObject(path);
        shelfOf(path.bucket).delete(path.name);
        await disk.removeBlob(object);
      });
    },

    list(bucket: string, options: ListOptions): Page {
      const shelf = shelfOf(bucket);
      return pageOf(shelf.names(), (name) => shelf.get(name) as StoredObject, options);
    },

    buckets: () => [...buckets.values()].sort((a, b) => byBytes(a.name, b.name)),

    bucket(name: string): Bucket {
      const bucket = buckets.get(name);
      if (bucket) return bucket;
      throw refusal(404, `The specified bucket does not exist: ${name}`);
    },

    createBucket(name: string, settings: Readonly<Record<string, unknown>> = {}): Promise<Bucket> {
      return inTurn(name, async () => {
        if (!/^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$/.test(name)) {
          throw refusal(400, `Invalid bucket name: '${name}'`);
        }
        if (buckets.has(name)) throw refusal(409, `Your previous request to create ${name} succeeded.`);
        const bucket = { ...settings, name, timeCreated: new Date(now()).toISOString() };
        await disk.writeBucket(bucket);
        buckets.set(name, bucket);
        shelves.set(name, shelf());
        return bucket;
      });
    },

    removeBucket(name: string): Promise<void> {
      return inTurn(name, async () => {
        if (shelfOf(name).names().length > 0) {
          throw refusal(409, `The bucket you tried to delete is not empty: ${name}`);
        }
        await disk.removeBucket(name);
        buckets.delete(name);
        shelves.delete(name);
      });
    },

    /**
     * Calls `listener` after each new object, before its writer gets the answer. Objects whose listeners
     * had not finished when the last process died are handed over now: at least once, as Eventarc does.
     */
    async onFinalize(listener: FinalizeListener): Promise<() => void> {
      listeners.add(listener);
      const owed = unannounced;
      unannounced = [];
      for (const object of owed) await announce(object);
      return () => listeners.delete(listener);
    },
  };
}

function checkSums(staged: Staged, expected: Partial<Staged>): void {
  for (const sum of ['md5Hash', 'crc32c'] as const) {
    const wanted = expected[sum];
    if (wanted === undefined || wanted === staged[sum]) continue;
    throw refusal(400, `Provided ${sum} '${wanted}' does not match the calculated '${staged[sum]}'`);
  }
}

/** The objects of one bucket, with their names kept in byte order for listing. */
function shelf() {
  const objects = new Map<string, StoredObject>();
  let sorted: readonly string[] | undefined;
  return {
    get: (name: string) => objects.get(name),
    set(object: StoredObject) {
      if (!objects.has(object.name)) sorted = undefined;
      objects.set(object.name, object);
    },
    delete(name: string) {
      if (objects.delete(name)) sorted = undefined;
    },
    names: () => (sorted ??= [...objects.keys()].sort(byBytes)),
    newest: () => [...objects.values()].reduce((max, object) => Math.max(max, object.generation), 0),
  };
}
