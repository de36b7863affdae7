import { stat } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import pLimit from 'p-limit';
import { Problem } from '../../../common/problem.ts';
import { formatNamed, inputFormat, usualOutputOf } from '../../../engine/catalog.ts';
import { fileProblem } from '../../files.ts';
import { failure, type Outcome } from './outcome.ts';
import { formatOfPlace, type OutputFile, outputFile, type Place } from './place.ts';
import { type Source, standardInput } from './sources.ts';
import type { Variant } from './variants.ts';

/** One output that is to be made. */
export interface Target {
  readonly variant: Variant;
  /** The word of its format; absent: by the bytes of standard input. */
  readonly word?: string;
  /** `-` is standard output. */
  readonly path: string;
  /** Absent: the file has no record. */
  readonly file?: OutputFile;
}

/** A source with its outputs. */
export interface Job {
  readonly source: Source;
  readonly targets: readonly Target[];
  readonly changed: number;
  readonly bytes: number;
}

export interface Plan {
  readonly jobs: readonly Job[];
  readonly failed: readonly Outcome[];
}

/** The format that an output has where none is wanted: that of its source, if it can be written, in its own word. */
function usualWord({ name }: Source): string | undefined {
  const word = extname(name).slice(1).toLowerCase();
  const format = inputFormat(word);
  if (format === undefined) return undefined;
  if (format.writes && format.extensions.includes(word)) return word;
  const usual = usualOutputOf(format);
  return formatNamed(usual)?.extensions[0] ?? usual;
}

function targetFor(source: Source, variant: Variant, place: Place): Target {
  const word = variant.format ?? formatOfPlace(place) ?? variant.usual ?? usualWord(source);
  const file = outputFile(place, source, { suffix: variant.suffix, word: word ?? '' });
  const path = file?.path ?? (place.kind === 'file' ? place.path : '-');
  return { variant, path, ...(word === undefined ? {} : { word }), ...(file ? { file } : {}) };
}

const statsAtOnce = 32;
const isCaseless = ['darwin', 'win32'].includes(process.platform);
/** Paths with equal keys are one file. */
const keyOf = (path: string): string =>
  isCaseless ? resolve(path).normalize('NFC').toLowerCase() : resolve(path);

/** A source with its facts and its identity, by which links and letter cases of its name are the same file. */
async function identify(source: Source) {
  if (source.path === standardInput) return { source, id: '', changed: 0, bytes: 0 };
  const { dev, ino, mtimeMs, size } = await stat(source.path);
  return { source, id: `${dev}:${ino}`, changed: mtimeMs, bytes: size };
}

type Identified = Awaited<ReturnType<typeof identify>>;

/** Sources by identity; those that cannot be read go to `failed`. */
async function identifyAll(sources: readonly Source[], failed: Outcome[]): Promise<readonly Identified[]> {
  const limit = pLimit(statsAtOnce);
  const all = sources.map((source) =>
    limit(() => identify(source)).catch((cause: unknown) => {
      failed.push(failure(source.path, null, fileProblem(source.path, cause)));
      return undefined;
    }),
  );
  return (await Promise.all(all)).filter((one) => one !== undefined);
}

/** The source that an output would overwrite. */
async function findVictim(path: string, ids: ReadonlyMap<string, string>): Promise<string | undefined> {
  const there = await stat(path).catch(() => undefined);
  return there && ids.get(`${there.dev}:${there.ino}`);
}

const wouldOverwrite = (victim: string): Problem =>
  new Problem('name_taken', `would overwrite the source ${victim}; expected -o FOLDER or another --format`);

const noFormat = ({ path }: Source): Problem =>
  new Problem('missing_param', `${path}: expected --format, since the name has no extension of a picture`);

/** Plans the outputs of all sources: no two have one name, and none overwrites a source. */
export async function planJobs(
  sources: readonly Source[],
  variants: readonly Variant[],
  place: Place,
): Promise<Plan> {
  const failed: Outcome[] = [];
  const identified = await identifyAll(sources, failed);
  const ids = new Map(identified.map(({ id, source }) => [id, source.path]));
  const makers = new Map<string, string>();

  const refusal = async ({ path, word }: Target, source: Source): Promise<Problem | undefined> => {
    if (path === '-') return undefined;
    if (word === undefined) return noFormat(source);
    const victim = await findVictim(path, ids);
    if (victim !== undefined) return wouldOverwrite(victim);
    const other = makers.get(keyOf(path));
    makers.set(keyOf(path), other ?? source.path);
    return other === undefined
      ? undefined
      : new Problem('name_taken', `${path} is made of ${other}; -o OUT/{file}.{ext} keeps both`);
  };

  const jobs: Job[] = [];
  for (const { source, changed, bytes } of identified) {
    const targets: Target[] = [];
    for (const target of variants.map((variant) => targetFor(source, variant, place))) {
      const problem = await refusal(target, source);
      if (problem) failed.push(failure(source.path, target.path, problem));
      else targets.push(target);
    }
    if (targets.length > 0) jobs.push({ source, targets, changed, bytes });
  }
  return { jobs, failed };
}
