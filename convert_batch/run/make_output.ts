import type { ObjectInfo, ObjectStore } from '../../cloud/storage.ts';
import type { Gate } from '../../common/gate.ts';
import { checkName } from '../../common/object_name.ts';
import { isProblem, Problem } from '../../common/problem.ts';
import { inSpan } from '../../common/telemetry/spans.ts';
import { outputDetails, readPlaceholders, workKindOf } from '../../engine/catalog.ts';
import {
  type Converted,
  type ConvertOptions,
  convert,
  loadPlaceholders,
  type Placeholders,
} from '../../engine/index.ts';
import { decideClaim, namingMetadata } from '../claim.ts';
import { conversionFor } from '../conversion.ts';
import { type Job, parseCarried } from '../job.ts';
import { isSameOrNewer, type Origin, replacedMetadata } from '../origin.ts';
import type { ConverterConfig } from './config.ts';
import type { ReadSource } from './shared_sources.ts';
import { type WriteResult, writeNewest } from './write_newest.ts';

export interface MakeOptions {
  readonly config: Pick<
    ConverterConfig,
    | 'SRC_BUCKET_NAME'
    | 'DEST_BUCKET_NAME'
    | 'CACHE_CONTROL'
    | 'PREDEFINED_ACL'
    | 'MAX_INPUT_BYTES'
    | 'DELETE_SOURCE'
  >;
  readonly store: ObjectStore;
  readonly readSource: ReadSource;
  /** Bounds the conversions that run at the same time. */
  readonly conversionSlots: Gate;
  readonly convertOptions: ConvertOptions;
}

/** A job and the source generation that it converts. */
export interface SourceJob {
  readonly job: Job;
  readonly origin: Origin;
}

/** The result of a job that did not fail. */
export type JobResult =
  /** The source has a newer generation; its own tasks make the outputs. */
  | { readonly state: 'superseded' }
  /** The output exists already: made from this source generation or a newer one, or from a newer source with the same name. */
  | { readonly state: 'kept'; readonly current: ObjectInfo }
  | {
      readonly state: 'converted';
      readonly replaced: ObjectInfo | undefined;
      readonly bytesIn: number;
      readonly converted: Converted;
      readonly placeholder: Placeholders;
      /** Time in the queue for a slot and in the engine. */
      readonly convertMs: number;
    };

/** A missing destination bucket is a fault of the settings, not of the picture. */
const blameSettings = (error: unknown): unknown =>
  isProblem(error, 'not_found')
    ? new Problem('internal', 'The destination bucket does not exist', { cause: error })
    : error;

/** Checks that a newer generation has replaced the source. @throws Problem `not_found` when the source is gone. */
async function checkSuperseded(origin: Origin, cause: unknown, store: ObjectStore): Promise<JobResult> {
  const { bucket, name, generation } = origin;
  const live = await store.stat({ bucket, name });
  if (live && BigInt(live.generation) > BigInt(generation)) return { state: 'superseded' };
  throw new Problem('not_found', `gs://${bucket}/${name}#${generation}: the source is gone`, { cause });
}

/** Whether the current object stays. @throws Problem `name_taken` when the source cannot have its output because of it. */
async function mustKeep(
  current: ObjectInfo,
  { job, origin }: SourceJob,
  { config, store }: MakeOptions,
): Promise<boolean> {
  const claim = await decideClaim(current, { job, origin, isDeleting: config.DELETE_SOURCE }, store);
  if (claim.state === 'taken') throw new Problem('name_taken', claim.reason);
  return claim.state !== 'free';
}

/** The placeholders that a job asks for. */
async function placeholdersOf(
  job: Job,
  { converted, data }: { readonly converted: Converted; readonly data: Buffer },
  { conversionSlots, convertOptions: options }: MakeOptions,
): Promise<Placeholders> {
  const names = readPlaceholders(job.placeholder);
  if (names.length === 0) return {};
  const { outputPlaceholders } = await loadPlaceholders();
  return await conversionSlots.run(() => outputPlaceholders(converted, data, { names, options }));
}

async function writeOutput(
  sourceJob: SourceJob,
  output: {
    readonly converted: Converted;
    readonly placeholder: Placeholders;
    readonly current: ObjectInfo | undefined;
  },
  options: MakeOptions,
): Promise<WriteResult> {
  const { config, store } = options;
  const { job, origin } = sourceJob;
  const { converted, placeholder, current } = output;
  const { placeholderMetadata } = await loadPlaceholders();
  const { metadata, ...headers } = parseCarried(job);
  const ref = { bucket: config.DEST_BUCKET_NAME, name: job.name };
  const write = {
    ...ref,
    data: converted.data,
    contentType: converted.format.mime,
    cacheControl: config.CACHE_CONTROL,
    ...headers,
    metadata: (replaced: ObjectInfo | undefined) => ({
      ...metadata,
      door: 'batch',
      ...outputDetails(converted),
      ...placeholderMetadata(placeholder),
      ...namingMetadata(job),
      ...replacedMetadata(replaced, origin),
    }),
    origin,
    current,
    mustKeep: (found: ObjectInfo) => mustKeep(found, sourceJob, options),
    ...(config.PREDEFINED_ACL ? { predefinedAcl: config.PREDEFINED_ACL } : {}),
  };
  const attributes = { ...ref, bytes: converted.data.length };
  try {
    return await inSpan('write', { attributes }, () => writeNewest(store, write));
  } catch (error) {
    throw blameSettings(error);
  }
}

/** The current output, and the source or the reason why it cannot be read. */
async function readBoth({ job, origin }: SourceJob, { config, store, readSource }: MakeOptions) {
  const [output, source] = await Promise.allSettled([
    store.stat({ bucket: config.DEST_BUCKET_NAME, name: job.name }),
    inSpan('read', { attributes: { ...origin } }, () => readSource(origin)),
  ]);
  if (output.status === 'rejected') throw output.reason;
  return { current: output.value, source };
}

/**
 * Makes one output: reads the source at its generation, converts it, and writes the output unless the current one stays.
 * @throws Problem.
 */
export async function makeOutput(sourceJob: SourceJob, options: MakeOptions): Promise<JobResult> {
  const { store, conversionSlots, convertOptions } = options;
  const { job, origin } = sourceJob;
  const conversion = conversionFor(job);
  checkName(job.name);
  const { current, source } = await readBoth(sourceJob, options);
  if (current && isSameOrNewer(current, origin)) return { state: 'kept', current };
  if (source.status === 'rejected') {
    if (!isProblem(source.reason, 'not_found')) throw source.reason;
    return await checkSuperseded(origin, source.reason, store);
  }
  if (current && (await mustKeep(current, sourceJob, options))) return { state: 'kept', current };
  const { data, release } = source.value;
  const bytesIn = data.length;
  const startMs = performance.now();
  const converted = await inSpan('convert', { attributes: { filetype: job.format } }, () =>
    conversionSlots.run(() => convert(data, conversion, convertOptions), workKindOf(data)),
  );
  const convertMs = performance.now() - startMs;
  const placeholder = await placeholdersOf(job, { converted, data }, options);
  const result = await writeOutput(sourceJob, { converted, placeholder, current }, options);
  release();
  if (result.state === 'kept') return result;
  return {
    state: 'converted',
    replaced: result.replaced,
    converted,
    placeholder,
    bytesIn,
    convertMs,
  };
}
