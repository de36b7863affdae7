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
  readonly value: T;
  readonly generation: string;
}

async function readJson<T>(name: string, { store, records: bucket }: Place): Promise<Found<T> | undefined> {
  try {
    const object = await store.stat({ bucket, name });
    if (!object) return undefined;
    const { generation } = object;
    return { value: JSON.parse(String(await store.read({ bucket, name, generation }))) as T, generation };
  } catch (error) {
    // Replaced between the two calls.
    if (isProblem(error, 'not_found')) return await readJson(name, { store, records: bucket });
    throw error;
  }
}

/** @returns the new generation, or undefined when the object has another generation now. */
async function replaceJson(
  name: string,
  value: unknown,
  { store, records: bucket, generation = '0' }: Place & { readonly generation?: string | undefined },
): Promise<string | undefined> {
  const data = Buffer.from(`${JSON.stringify(value)}\n`);
  try {
    const file = { bucket, name, data, contentType: 'application/json', cacheControl: 'no-store' };
    return await store.write({ ...file, ifGeneration: generation });
  } catch (error) {
    if (isProblem(error, 'superseded')) return undefined;
    throw error;
  }
}

const folderOf = (word: string): string => `_backfill/${word}`;
const partName = (word: string, { attempt }: SharedRun, part: number): string =>
  `${folderOf(word)}/${attempt}-${part}.json`;

const readPart = (word: string, run: SharedRun, part: number, place: Place) =>
  readJson<PartState>(partName(word, run, part), place);

async function isFinished(word: string, run: SharedRun, place: Place): Promise<boolean> {
  for (const part of run.ranges.keys()) {
    if (!(await readPart(word, run, part, place))?.value.isDone) return false;
  }
  return true;
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
  const there = await readJson<SharedRun>(name, place);
  const isOurs = there?.value.execution === execution && !(isNew && execution === '');
  if (there && (isOurs || !(isNew || (await isFinished(word, there.value, place))))) return there.value;
  const run: SharedRun = { ...(await begin()), execution };
  const generation = there?.generation;
  if (await replaceJson(name, run, { ...place, generation })) return run;
  return (await readJson<SharedRun>(name, place))?.value ?? run;
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
    if (!other || isAfter(state.after, other.value.after)) return await write(state);
    return other.value.after;
  };
  return {
    isDone: there?.value.isDone ?? false,
    progress: { attempt: run.attempt, after: there?.value.after ?? '' },
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
