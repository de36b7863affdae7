import pLimit from 'p-limit';
import type { Target } from '../../target/target.ts';
import { compareNames, type NameRange } from './names.ts';

type Place = Pick<Target, 'store' | 'source'>;

const concurrentLists = 16;
/** Entries of one folder that are looked at; of a larger one only the beginnings of names are. */
const mostEntries = 5_000;
/** Folders that are opened on one level. */
const mostFolders = 500;
const mostLevels = 4;

const printable = Array.from({ length: 95 }, (_, at) => String.fromCharCode(0x20 + at));

/** The beginnings of names that objects in a folder have, one character long. */
async function findBeginnings(folder: string, { store, source }: Place): Promise<readonly string[]> {
  const limit = pLimit(concurrentLists);
  const found = await Promise.all(
    printable.map((character) =>
      limit(async () => {
        const start = folder + character;
        return (await store.listFolder(source, start, 1)).entries.length > 0 ? [start] : [];
      }),
    ),
  );
  return found.flat();
}

/** Points in a folder's names: its subfolders and objects, or what names begin with when there are too many. */
async function pointsIn(folder: string, place: Place): Promise<readonly string[]> {
  const { entries, isComplete } = await place.store.listFolder(place.source, folder, mostEntries);
  return isComplete ? entries : await findBeginnings(folder, place);
}

const isOpenable = (point: string, points: readonly string[]): boolean =>
  point.endsWith('/') || points.length < mostFolders;

/** Names at which the listing of a prefix may be cut, at least `wanted` where the names allow it. */
async function findPoints(prefix: string, wanted: number, place: Place): Promise<readonly string[]> {
  const limit = pLimit(concurrentLists);
  const points = new Set<string>();
  let level: readonly string[] = [prefix];
  for (let depth = 0; depth < mostLevels && points.size < wanted && level.length > 0; depth += 1) {
    const found = (await Promise.all(level.map((folder) => limit(() => pointsIn(folder, place))))).flat();
    for (const point of found) points.add(point);
    level = found.filter((point) => point !== prefix && isOpenable(point, found)).slice(0, mostFolders);
  }
  return [...points].sort(compareNames);
}

/** Parts of each task: several, so that a large one is evened out by small ones. */
const rangesPerTask = 8;
/** Points for each part. */
const pointsPerRange = 4;

/**
 * Cuts the names of a prefix into ranges with about as many folders, found by listing with a delimiter. The ranges cover
 * every name, also of objects that are added later.
 */
export async function splitNames(prefix: string, tasks: number, place: Place): Promise<readonly NameRange[]> {
  const count = tasks * rangesPerTask;
  const points = await findPoints(prefix, count * pointsPerRange, place);
  const cuts = Array.from(
    { length: count - 1 },
    (_, at) => points[Math.floor(((at + 1) * points.length) / count)],
  );
  const bounds = ['', ...new Set(cuts.filter((cut) => cut !== undefined)), ''];
  return bounds.slice(1).map((to, at) => ({ from: bounds[at] ?? '', to }));
}
