import { copyFile } from 'node:fs/promises';
import { refusal } from '../api/refusal.ts';
import { type Catalogue, createCatalogue } from './catalogue.ts';
import { type Disk, openDisk, removeFile } from './disk.ts';
import {
  type Attributes,
  checkObjectName,
  type ObjectPath,
  type StoredObject,
  withAttributes,
} from './object.ts';
import { checkPreconditions, type Preconditions } from './preconditions.ts';
import type { Bucket } from './records.ts';
import { checkSums, measuresOf, type Staged, stage } from './staging.ts';

/** `overwrote`: generation of the object that the new one replaced, if known. */
export type FinalizeListener = (object: StoredObject, overwrote?: number) => void | Promise<void>;

export type StoreWrite = ObjectPath & {
  readonly staged: Staged;
  readonly attributes: Attributes;
  readonly preconditions?: Preconditions;
  readonly predefinedAcl?: string;
  /** Checksums of the caller; the write is refused when they differ. */
  readonly expected?: Partial<Staged>;
};

export type StoreOptions = {
  /** The clock of generations, in milliseconds. */
  readonly now?: () => number;
  /** Keeps the events of objects that are written before the first listener is added. */
  readonly holdEvents?: boolean;
};

/** Objects on disk, with generations and preconditions. Every change is written before its promise resolves. */
export class DiskStore {
  readonly catalogue: Catalogue;
  readonly #disk: Disk;
  readonly #now: () => number;
  readonly #listeners = new Set<FinalizeListener>();
  readonly #holdsEvents: boolean;
  #unannounced: readonly StoredObject[];
  #lastGeneration: number;

  /** Opens `dir`; one process at a time. */
  static async open(dir: string, options: StoreOptions = {}): Promise<DiskStore> {
    const disk = openDisk(dir);
    return new DiskStore(disk, await disk.load(), options);
  }

  private constructor(disk: Disk, loaded: Awaited<ReturnType<Disk['load']>>, options: StoreOptions) {
    this.#disk = disk;
    this.#now = options.now ?? Date.now;
    this.#holdsEvents = options.holdEvents ?? false;
    this.catalogue = createCatalogue(loaded.buckets, loaded.objects);
    this.#unannounced = loaded.unannounced;
    this.#lastGeneration = loaded.objects.reduce((max, { generation }) => Math.max(max, generation), 0);
  }

  newFile(): string {
    return this.#disk.newFile();
  }

  blob(object: StoredObject): string {
    return this.#disk.blob(object);
  }

  /** Stores bytes in a file. Pass the result to `write`, which always removes the file. */
  async stage(source: AsyncIterable<Uint8Array>): Promise<Staged> {
    const file = this.newFile();
    try {
      return await stage(source, file);
    } catch (error) {
      removeFile(file);
      throw error;
    }
  }

  async write(request: StoreWrite): Promise<StoredObject> {
    const { object, before } = this.#commitOrDrop(request);
    await this.#announce(object, before?.generation);
    return object;
  }

  async copy(source: StoredObject, to: Omit<StoreWrite, 'staged'>): Promise<StoredObject> {
    const file = this.newFile();
    await copyFile(this.blob(source), file);
    return this.write({ ...to, staged: { file, ...measuresOf(source) } });
  }

  #commitOrDrop(request: StoreWrite) {
    try {
      return this.#commit(request);
    } catch (error) {
      removeFile(request.staged.file);
      throw error;
    }
  }

  /** The record makes the new object visible; the old one stays visible until then. */
  #commit(request: StoreWrite) {
    const { staged, attributes, preconditions = {}, expected = {}, bucket, name, predefinedAcl } = request;
    const path = { bucket, name: checkObjectName(name) };
    const before = this.catalogue.find(path);
    checkPreconditions(preconditions, before);
    checkSums(staged, expected);
    const acl = predefinedAcl === undefined ? {} : { predefinedAcl };
    const object = { ...this.#newObject(path, attributes, staged), ...acl };
    this.#disk.writeBlob(object, staged.file);
    this.#disk.records.put({ object, isPending: this.#listeners.size > 0 || this.#holdsEvents });
    this.catalogue.set(object);
    if (before) this.#disk.removeBlob(before);
    return { object, before };
  }

  #newObject(path: ObjectPath, attributes: Attributes, { file: _, ...measured }: Staged): StoredObject {
    const time = this.#time();
    this.#lastGeneration = Math.max(this.#lastGeneration + 1, this.#now() * 1000);
    return {
      ...path,
      storageClass: 'STANDARD',
      ...attributes,
      ...measured,
      generation: this.#lastGeneration,
      metageneration: 1,
      timeCreated: time,
      updated: time,
    };
  }

  /** Changes attributes: the generation stays, the metageneration increases. */
  patch(path: ObjectPath, change: (before: StoredObject) => Attributes): StoredObject {
    const before = this.catalogue.get(path);
    const metageneration = before.metageneration + 1;
    const after = { ...withAttributes(before, change(before)), metageneration, updated: this.#time() };
    this.#disk.records.change(after);
    this.catalogue.set(after);
    return after;
  }

  remove(path: ObjectPath, check: (object: StoredObject) => void): void {
    const object = this.catalogue.get(path);
    check(object);
    this.#disk.records.remove(path);
    this.catalogue.delete(path);
    this.#disk.removeBlob(object);
  }

  createBucket(name: string, settings: Readonly<Record<string, unknown>> = {}): Bucket {
    if (!/^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$/.test(name))
      throw refusal(400, `Invalid bucket name: '${name}'`);
    if (this.catalogue.has(name)) throw refusal(409, `The bucket exists already: ${name}`);
    const bucket = { ...settings, name, timeCreated: this.#time() };
    this.#disk.records.putBucket(bucket);
    this.catalogue.addBucket(bucket);
    return bucket;
  }

  removeBucket(name: string): void {
    if (!this.catalogue.isEmpty(name)) throw refusal(409, `The bucket is not empty: ${name}`);
    this.#disk.records.removeBucket(name);
    this.catalogue.removeBucket(name);
  }

  /**
   * Calls `listener` after each new object, before its writer gets the response. Objects whose listeners had not
   * finished when the last process died are handed over now: at least once, as with Eventarc.
   */
  async onFinalize(listener: FinalizeListener): Promise<() => void> {
    this.#listeners.add(listener);
    const owed = this.#unannounced;
    this.#unannounced = [];
    for (const object of owed) await this.#announce(object);
    return () => this.#listeners.delete(listener);
  }

  async #announce(object: StoredObject, overwrote?: number): Promise<void> {
    if (this.#listeners.size === 0) {
      if (this.#holdsEvents) this.#unannounced = [...this.#unannounced, object];
      return;
    }
    for (const listener of this.#listeners) await listener(object, overwrote);
    this.#disk.records.unmark(object);
  }

  close(): void {
    this.#disk.records.close();
  }

  #time(): string {
    return new Date(this.#now()).toISOString();
  }
}
