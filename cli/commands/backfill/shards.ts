import { isProblem } from '../../../common/problem.ts';
import type { Target } from '../../target/target.ts';
import type { Checkpoint, Progress } from './checkpoint.ts';
import { isAfter, type NameRange } from './names.ts';

/** A run that several tasks share: `_backfill/<word>/run.json` in the records bucket. */
export interface SharedRun {
  readonly attempt: number;
  /** The execution of the job that began it. */
  readonly execution: string;
  /** The parts of the run. Task n of m works on the parts n, n + m, n + 2m and so on. */
  readonly ranges: readonly NameRange[];
}

/** How far one part has come: `_backfill/<word>/<attempt>-<part>.json`. */
interface PartState {
  readonly after: string;
  readonly isDone: boolean;
}

type Place = Pick<Target, 'store' | 'records'>;

interface Found<T> {
  /** undefined when the content is not what this program writes. */
  readonly value: T | undefined;
  readonly generation: string;
}

type Fields<T> = { readonly [name in keyof T]?: unknown };

const isRange = ({ from, to }: Fields<NameRange>): boolean =>
  typeof from === 'string' && typeof to === 'string';

const isRun = ({ attempt, execution, ranges }: Fields<SharedRun>): boolean =>
  Number.isSafeInteger(attempt) &&
  typeof execution === 'string' &&
  Array.isArray(ranges) &&
  ranges.length > 0 &&
  ranges.every((range) => isRange(range ?? {}));

const isPart = ({ after, isDone }: Fields<PartState>): boolean =>
  typeof after === 'string' && typeof isDone === 'boolean';

/** undefined unless the text is JSON that passes the check: an object of the bucket may have been damaged. */
function parseAs<T>(text: string, isValid: (fields: Fields<T>) => boolean): T | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isValid(value ?? {}) ? (value as T) : undefined;
  } catch {
    return undefined;
  }
}

async function readJson<T>(
  name: string,
  isValid: (fields: Fields<T>) => boolean,
  { store, records: bucket }: Place,
): Promise<Found<T> | undefined> {
  try {
    const object = await store.stat({ bucket, name });
    if (!object) return undefined;
    const { generation } = object;
    const text = String(await store.read({ bucket, name, generation }));
    return { value: parseAs(text, isValid), generation };
  } catch (error) {
    // Replaced between the two calls.
    if (isProblem(error, 'not_found')) return await readJson(name, isValid, { store, records: bucket });
    throw error;
  }
}

/** Marks a part that is done, so that a listing tells how many are. */
const doneMetadata = { state: 'done' } as const;

/** @returns the new generation, or undefined when the object has another generation now. */
async function replaceJson(
  name: string,
  value: SharedRun | PartState,
  { store, records: bucket, generation = '0' }: Place & { readonly generation?: string | undefined },
): Promise<string | undefined> {
  const data = Buffer.from(`${JSON.stringify(value)}\n`);
  try {
    const file = { bucket, name, data, contentType: 'application/json', cacheControl: 'no-store' };
    const metadata = 'isDone' in value && value.isDone ? doneMetadata : {};
    return await store.write({ ...file, metadata, ifGeneration: generation });
  } catch (error) {
    if (isProblem(error, 'superseded')) return undefined;
    throw error;
  }
}

const folderOf = (word: string): string => `_backfill/${word}`;
const partName = (word: string, { attempt }: SharedRun, part: number): string =>
  `${folderOf(word)}/${attempt}-${part}.json`;

const readPart = (word: string, run: SharedRun, part: number, place: Place) =>
  readJson<PartState>(partName(word, run, part), isPart, place);

/** A run of many tasks has thousands of parts: they are listed, not read. */
async function isFinished(word: string, run: SharedRun, { store, records }: Place): Promise<boolean> {
  let done = 0;
  for await (const { info } of store.list(records, `${folderOf(word)}/${run.attempt}-`))
    if (info.metadata.state === doneMetadata.state) done += 1;
  return done >= run.ranges.length;
}

export interface JoinOptions {
  readonly word: string;
  /** The execution of this task: a new one begins anew after a run that has finished. */
  readonly execution: string;
  /** Begins anew also when the last run has not finished. */
  readonly isNew: boolean;
  /** Makes the parts and the number of a new run. */
  readonly begin: () => Promise<Pick<SharedRun, 'attempt' | 'ranges'>>;
}

/**
 * The run that this task works on. The first task that begins a run wins by a precondition, and the others join it: they
 * need no coordinator.
 */
export async function joinRun(
  { word, execution, isNew, begin }: JoinOptions,
  place: Place,
): Promise<SharedRun> {
  const name = `${folderOf(word)}/run.json`;
  const there = await readJson<SharedRun>(name, isRun, place);
  const last = there?.value;
  const isOurs = last?.execution === execution && !(isNew && execution === '');
  if (last && (isOurs || !(isNew || (await isFinished(word, last, place))))) return last;
  const { attempt, ranges } = await begin();
  // The parts of two runs that begin in one second shall have names of their own.
  const run: SharedRun = { attempt: Math.max(attempt, (last?.attempt ?? 0) + 1), ranges, execution };
  const generation = there?.generation;
  if (await replaceJson(name, run, { ...place, generation })) return run;
  return (await readJson<SharedRun>(name, isRun, place))?.value ?? run;
}

/** Cloud Storage takes one write of an object in a second. */
const leastPauseMs = 2_000;

export interface Part {
  readonly isDone: boolean;
  readonly progress: Progress;
  readonly checkpoint: Checkpoint;
}

/**
 * One part of a run with its checkpoint. Two processes with the same part do no harm: they queue tasks of the same names,
 * and the one that is behind goes on from where the other one is.
 */
export async function openPart(word: string, run: SharedRun, part: number, place: Place): Promise<Part> {
  const name = partName(word, run, part);
  const there = await readPart(word, run, part, place);
  let generation = there?.generation;
  let savedMs = Number.NEGATIVE_INFINITY;
  const write = async (state: PartState): Promise<string> => {
    generation = (await replaceJson(name, state, { ...place, generation })) ?? '';
    if (generation !== '') return state.after;
    const other = await readPart(word, run, part, place);
    generation = other?.generation;
    const otherAfter = other?.value?.after ?? '';
    return otherAfter === '' || isAfter(state.after, otherAfter) ? await write(state) : otherAfter;
  };
  return {
    isDone: there?.value?.isDone ?? false,
    progress: { attempt: run.attempt, after: there?.value?.after ?? '' },
    checkpoint: {
      async save({ after }) {
        if (performance.now() - savedMs < leastPauseMs) return after;
        savedMs = performance.now();
        return await write({ after, isDone: false });
      },
      finish: async ({ after }) => {
        let isWritten = false;
        while (!isWritten) {
          const done = { after, isDone: true };
          isWritten = (await replaceJson(name, done, { ...place, generation })) !== undefined;
          if (!isWritten) generation = (await readPart(word, run, part, place))?.generation;
        }
      },
    },
  };
}
