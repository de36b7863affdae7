import type { ObjectFacts, ObjectStore } from '../../cloud/storage.ts';
import { checkName } from '../../common/object_name.ts';
import { isProblem, Problem } from '../../common/problem.ts';
import { inSpan } from '../../common/telemetry/spans.ts';
import { type Converted, type ConvertOptions, convert } from '../../engine/convert.ts';
import { workKindOf } from '../../engine/formats/index.ts';
import type { Gate } from '../../engine/gate.ts';
import { carriedOf, type Job } from '../job.ts';
import { claimOn, namingMetadata } from './claim.ts';
import type { ConverterConfig } from './config.ts';
import { conversionFor } from './conversion.ts';
import { isUpToDate, type NewestOutcome, type Origin, replacedMetadata, writeNewest } from './newest.ts';

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
  /** Before the conversions. */
  readonly gate: Gate;
  readonly convertOptions: ConvertOptions;
}

/** What became of a job that did not fail. */
export type Made =
  /** A newer generation of the source is there; its own tasks do the work. */
  | { readonly state: 'superseded' }
  /** The output was there, made of this generation of the source or a newer one, or of a newer source that shares the name. */
  | { readonly state: 'kept'; readonly there: ObjectFacts }
  | {
      readonly state: 'converted';
      readonly replaced: ObjectFacts | undefined;
      readonly bytesIn: number;
      readonly converted: Converted;
      /** Time in line for a place and in the engine. */
      readonly convertMs: number;
    };

/** A missing destination is a mistake in the settings, not of the picture. */
function ofOurs(error: unknown): unknown {
  return isProblem(error, 'not_found')
    ? new Problem('internal', 'The destination bucket is not there', { cause: error })
    : error;
}

/** Why the source's generation is not there. @throws Problem `not_found` when there is no newer one either. */
async function superseded(origin: Origin, cause: unknown, store: ObjectStore): Promise<Made> {
  const { bucket, name, generation } = origin;
  const live = await store.stat({ bucket, name });
  if (live && BigInt(live.generation) > BigInt(generation)) return { state: 'superseded' };
  throw new Problem('not_found', `gs://${bucket}/${name}#${generation}: the source is gone`, { cause });
}

/** Whether what is there stays. @throws Problem `name_taken` when it keeps the source from its output. */
async function stays(
  there: ObjectFacts | undefined,
  { job, origin }: Errand,
  { config, store }: MakeOptions,
): Promise<boolean> {
  const claim = await claimOn(there, { job, origin, isDeleting: config.DELETE_SOURCE }, store);
  if (claim.state === 'taken') throw new Problem('name_taken', claim.reason);
  return claim.state !== 'free';
}

interface Errand {
  readonly job: Job;
  readonly origin: Origin;
}

async function write(
  errand: Errand,
  made: { readonly converted: Converted; readonly seen: ObjectFacts | undefined },
  options: MakeOptions,
): Promise<NewestOutcome> {
  const { config, store } = options;
  const { job, origin } = errand;
  const { converted, seen } = made;
  const { metadata, ...headers } = carriedOf(job);
  try {
    const place = { bucket: config.DEST_BUCKET_NAME, name: job.name };
    const write = {
      ...place,
      data: converted.data,
      contentType: converted.format.mime,
      cacheControl: config.CACHE_CONTROL,
      ...headers,
      metadata: (there: ObjectFacts | undefined) => ({
        ...metadata,
        door: 'batch',
        ...(converted.info.mode ? { mode: converted.info.mode } : {}),
        ...namingMetadata(job),
        ...replacedMetadata(there, origin),
      }),
      origin,
      seen,
      keeps: (there: ObjectFacts) => stays(there, errand, options),
      ...(config.PREDEFINED_ACL ? { predefinedAcl: config.PREDEFINED_ACL } : {}),
    };
    const attributes = { ...place, bytes: converted.data.length };
    return await inSpan('write', { attributes }, () => writeNewest(store, write));
  } catch (error) {
    throw ofOurs(error);
  }
}

/**
 * Makes one output: reads the source at its generation, converts, writes unless what is there stays.
 * @throws Problem.
 */
export async function makeOutput(job: Job, origin: Origin, options: MakeOptions): Promise<Made> {
  const { config, store, gate, convertOptions } = options;
  const conversion = conversionFor(job);
  checkName(job.name);
  const [seeing, reading] = await Promise.allSettled([
    store.stat({ bucket: config.DEST_BUCKET_NAME, name: job.name }),
    inSpan('read', { attributes: { ...origin } }, () =>
      store.read(origin, { maxBytes: config.MAX_INPUT_BYTES }),
    ),
  ]);
  if (seeing.status === 'rejected') throw seeing.reason;
  const seen = seeing.value;
  if (seen && isUpToDate(seen, origin)) return { state: 'kept', there: seen };
  if (reading.status === 'rejected') {
    const { reason } = reading;
    if (!isProblem(reason, 'not_found')) throw reason;
    return await superseded(origin, reason, store);
  }
  if (seen && (await stays(seen, { job, origin }, options))) return { state: 'kept', there: seen };
  const startMs = performance.now();
  const converted = await inSpan('convert', { attributes: { filetype: job.format } }, () =>
    gate.run(() => convert(reading.value, conversion, convertOptions), workKindOf(reading.value)),
  );
  const convertMs = performance.now() - startMs;
  const outcome = await write({ job, origin }, { converted, seen }, options);
  if (outcome.state === 'kept') return outcome;
  const { replaced } = outcome;
  return { state: 'converted', replaced, converted, bytesIn: reading.value.length, convertMs };
}
