import { availableParallelism } from 'node:os';
import { extname, join, resolve } from 'node:path';
import { isGsUrl, parseGsUrl } from '../../../cloud/gs_url.ts';
import type { ValuesOf } from '../../../common/fields/field.ts';
import { Problem } from '../../../common/problem.ts';
import {
  type CodecPool,
  createCodecPool,
  inputFormat,
  loadPresets,
  type Presets,
} from '../../../engine/catalog.ts';
import type { ConvertOptions } from '../../../engine/index.ts';
import { defineCommand, type World } from '../../command.ts';
import { readPicture } from '../../files.ts';
import { missingFlag } from '../../flags.ts';
import { untilInterrupted } from '../../report/interrupt.ts';
import { convertFields } from './fields.ts';
import { failure, type Outcome } from './outcome.ts';
import { formatOfPlace, outFolderOf, type Place, readPlace } from './place.ts';
import { planJobs } from './plan.ts';
import { type Counts, chooseReport } from './report.ts';
import { createConvertRun, createRecords, type Records } from './run.ts';
import { type Found, findSources, type Source, standardInput } from './sources.ts';
import { readVariants, type Variant } from './variants.ts';

type Values = ValuesOf<typeof convertFields>;

/** Of two names, the second one was probably meant as the output, as ImageMagick takes it. */
function checkLost({ lost }: Found, texts: readonly string[], out: string | undefined): void {
  const [last] = lost.slice(-1);
  if (out !== undefined || texts.length !== 2 || last?.path !== texts[1] || last === undefined) return;
  if (!inputFormat(extname(last.path).slice(1)) || last.problem.code !== 'not_found') return;
  throw new Problem('invalid_param', `${last.problem.message}; is it the output? Then write -o ${last.path}`);
}

/** Leaves out the outputs of earlier runs whose sources are here too, where the new outputs go to the same folder. */
function withoutOutputs(
  sources: readonly Source[],
  out: string | undefined,
  records: Records,
): readonly Source[] {
  const folder = outFolderOf(out);
  const receivesOutputs = (root: string): boolean =>
    out === undefined || (folder !== undefined && resolve(folder) === resolve(root));
  const placeOf = (root: string, name: string): string => join(resolve(root), name);
  const here = new Set(sources.map(({ root, name }) => placeOf(root, name)));
  return sources.filter(({ root, name }) => {
    const maker = receivesOutputs(root) ? records.of(root).sourceOf(name) : undefined;
    return maker === undefined || !here.has(placeOf(root, maker));
  });
}

async function findAll(texts: readonly string[], { out }: Values, records: Records): Promise<Found> {
  if (texts.length === 0) throw new Problem('missing_param', 'FILES: expected a file or a folder, got none');
  const found = await findSources(texts, outFolderOf(out));
  checkLost(found, texts, out);
  return { ...found, sources: withoutOutputs(found.sources, out, records) };
}

interface Outputs {
  readonly place: Place;
  readonly variants: readonly Variant[];
  readonly sources: readonly Source[];
}

/** @throws Problem `missing_param` for a name without a format, `invalid_param` for a picture to a terminal. */
function checkOutputs({ place, variants, sources }: Outputs, { terminal }: World): void {
  if (place.kind === 'stdout' && terminal)
    throw new Problem('invalid_param', 'standard output is a terminal: expected -o FILE, or a pipe');
  const hasFormat = variants.every(({ format, usual = format }) => usual !== undefined);
  if (place.kind === 'stdout' || hasFormat || formatOfPlace(place) !== undefined) return;
  if (place.kind === 'file')
    throw new Problem(
      'missing_param',
      `-o: expected the extension of a format, such as small.webp, or --format, got ${place.path}`,
    );
  if (sources.some(({ path }) => path === standardInput))
    throw new Problem('missing_param', '--format: expected a format for standard input, got none');
}

/** The command's user names the picture of a watermark by its path. */
async function loadPicture(path: string): Promise<Buffer> {
  if (/^https?:/i.test(path))
    throw new Problem('unprocessable', `image: expected the path of a file, got ${path}`);
  return await readPicture(path);
}

async function readPresets(values: Values, { env }: World): Promise<Presets> {
  const readText = async (place: string): Promise<string> => {
    if (!isGsUrl(place)) return String(await loadPicture(place));
    const { createObjectStore } = await import('../../../cloud/storage.ts');
    const store = createObjectStore({ projectId: env.PROJECT_ID ?? env.GOOGLE_CLOUD_PROJECT ?? '-' });
    return String(await store.read(parseGsUrl(place)));
  };
  return await loadPresets(values['presets-file'] ?? env.PRESETS, readText);
}

const engineOptions = (values: Values, codecs: CodecPool): ConvertOptions => ({
  limits: values,
  codecs,
  fetchImage: loadPicture,
});

/** Nothing to do is a failure when the user expects outputs. */
function exitCodeOf({ outcomes }: Counts, world: World): number {
  if (outcomes.length > 0) return outcomes.some(({ state }) => state === 'failed') ? 1 : 0;
  world.err('imagetx: found no pictures');
  return 1;
}

/** `imagetx convert` */
export const convertFiles = defineCommand(
  convertFields,
  async ({ values: given, flags, positionals }, world) => {
    // A variable of the shell that is empty must not send outputs elsewhere.
    if (flags.out === '') throw missingFlag(convertFields.out);
    const values = given.out === '/dev/stdout' ? { ...given, out: '-' } : given;
    const variants = readVariants(values, await readPresets(values, world));
    const records = createRecords();
    const { sources, lost, hidden, others, isSeveral } = await findAll(positionals, values, records);
    const several = isSeveral || variants.length > 1;
    const place = readPlace({ out: values.out, isSeveral: several, sources });
    checkOutputs({ place, variants, sources }, world);
    const { jobs, failed } = await planJobs(sources, variants, place);

    const outcomes: Outcome[] = [];
    const counts = { outcomes, hidden, others };
    const total = jobs.reduce((sum, { targets }) => sum + targets.length, failed.length + lost.length);
    const report = chooseReport(world, { isJson: values.json, isSeveral: several, total });
    const finish = (outcome: Outcome): void => {
      outcomes.push(outcome);
      report.finish(outcome);
    };
    const parallel = values.parallel ?? availableParallelism();
    const codecs = createCodecPool({ workers: parallel, timeoutMs: values.CONVERSION_SECONDS * 1000 });
    const { run, abandon } = createConvertRun({
      ...{ engine: engineOptions(values, codecs), records, parallel },
      ...{ all: values.all, isDry: values['dry-run'] },
      onStart: ({ path }) => report.start(path === standardInput ? 'standard input' : path),
      onOutcome: finish,
    });
    const leave = (): readonly string[] => {
      abandon();
      report.end(counts);
      return [
        `imagetx: stopped: ${outcomes.length} of ${total} finished; the same command goes on with the rest`,
      ];
    };
    try {
      for (const { path, problem } of lost) finish(failure(path, null, problem));
      for (const outcome of failed) finish(outcome);
      await untilInterrupted(world, leave, () => run(jobs));
      report.end(counts);
      return exitCodeOf(counts, world);
    } finally {
      records.save();
      await codecs.close();
    }
  },
);
