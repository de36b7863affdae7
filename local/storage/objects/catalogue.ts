import { refusal } from '../api/refusal.ts';
import { byBytes, type ListOptions, lowerBound, type Page, pageOf } from './list.ts';
import type { ObjectPath, StoredObject } from './object.ts';
import type { Bucket } from './records.ts';

export type Catalogue = ReturnType<typeof createCatalogue>;

/** The content of the store in memory: buckets, and the objects of each in byte order of their names. */
export function createCatalogue(buckets: readonly Bucket[], objects: readonly StoredObject[]) {
  const shelves = new Map(buckets.map((bucket) => [bucket.name, shelf(bucket)]));
  const shelfOf = (bucket: string) => {
    const found = shelves.get(bucket);
    if (found) return found;
    throw refusal(404, `The specified bucket does not exist: ${bucket}`);
  };
  const find = ({ bucket, name }: ObjectPath, generation?: number): StoredObject | undefined => {
    const object = shelfOf(bucket).objects.get(name);
    return generation === undefined || object?.generation === generation ? object : undefined;
  };
  for (const object of objects) shelves.get(object.bucket)?.set(object);

  return {
    find,
    /** @throws Refusal 404 */
    get(path: ObjectPath, generation?: number): StoredObject {
      const object = find(path, generation);
      if (object) return object;
      throw refusal(404, `No such object: ${path.bucket}/${path.name}${generation ? `#${generation}` : ''}`);
    },
    set: (object: StoredObject) => shelfOf(object.bucket).set(object),
    delete: ({ bucket, name }: ObjectPath) => shelfOf(bucket).delete(name),
    list(bucket: string, options: ListOptions): Page {
      const { names, objects } = shelfOf(bucket);
      return pageOf(names(), (name) => objects.get(name) as StoredObject, options);
    },

    has: (bucket: string) => shelves.has(bucket),
    bucket: (name: string): Bucket => shelfOf(name).bucket,
    buckets: () => [...shelves.values()].map((shelf) => shelf.bucket).sort((a, b) => byBytes(a.name, b.name)),
    isEmpty: (bucket: string) => shelfOf(bucket).objects.size === 0,
    addBucket: (bucket: Bucket) => shelves.set(bucket.name, shelf(bucket)),
    removeBucket: (name: string) => shelves.delete(name),
  };
}

function shelf(bucket: Bucket) {
  const objects = new Map<string, StoredObject>();
  let sorted: string[] | undefined;
  return {
    bucket,
    objects: objects as ReadonlyMap<string, StoredObject>,
    set(object: StoredObject): void {
      if (sorted && !objects.has(object.name)) sorted.splice(lowerBound(sorted, object.name), 0, object.name);
      objects.set(object.name, object);
    },
    delete(name: string): void {
      if (objects.delete(name)) sorted?.splice(lowerBound(sorted, name), 1);
    },
    names(): readonly string[] {
      sorted ??= [...objects.keys()].sort(byBytes);
      return sorted;
    },
  };
}
