import type { ObjectInfo, ObjectStore } from '../../cloud/storage.ts';
import { isProblem, type ProblemCode } from '../../common/problem.ts';
import { isSameSource, type Origin, originOf } from '../../convert_batch/origin.ts';
import {
  type FailureRecord,
  failureName,
  type OutputState,
  secondFailureName,
  stateOf,
} from '../../convert_batch/record.ts';
import type { DirectBuckets } from '../settings/direct.ts';
import type { UploadRecord } from './record.ts';

/** The state of one output of an upload. */
export interface OutputStatus {
  readonly name: string;
  readonly url: string;
  readonly state: OutputState;
  readonly bytes?: number;
  readonly type?: string;
  readonly width?: number;
  readonly height?: number;
  readonly code?: ProblemCode;
  /** Why it failed, in a sentence. */
  readonly reason?: string;
}

/** `waiting` until every output is done or has failed; then `failed` if any has. */
export interface UploadStatus {
  readonly source: string;
  readonly state: OutputState;
  readonly outputs: readonly OutputStatus[];
}

export interface StatusOptions {
  readonly store: ObjectStore;
  readonly buckets: DirectBuckets;
  readonly urlOf: (output: string) => string;
}

type Source = UploadRecord['source'];

/** The source has one generation only: nobody else can write its name. */
const isOf = (object: ObjectInfo | undefined, source: Source): object is ObjectInfo => {
  const origin = object && originOf(object);
  return origin !== undefined && isSameSource(origin, { ...source, generation: '0' } satisfies Origin);
};

function doneStatus({ bytes, contentType, metadata }: ObjectInfo): Partial<OutputStatus> {
  const [width, height] = [Number(metadata.width), Number(metadata.height)];
  return {
    state: 'done',
    bytes,
    ...(contentType ? { type: contentType } : {}),
    ...(width > 0 && height > 0 ? { width, height } : {}),
  };
}

/** The failure record of an output, if it is about this source. */
async function findFailure(output: string, source: Source, { store, buckets }: StatusOptions) {
  for (const name of [failureName(output), secondFailureName(output, source)]) {
    const ref = { bucket: buckets.records, name };
    const object = await store.stat(ref);
    if (!isOf(object, source)) continue;
    try {
      return JSON.parse(String(await store.read({ ...ref, generation: object.generation }))) as FailureRecord;
    } catch (error) {
      // Replaced or removed meanwhile: the next look sees the new state.
      if (!isProblem(error, 'not_found')) throw error;
    }
  }
  return undefined;
}

async function readOutput(name: string, source: Source, options: StatusOptions): Promise<OutputStatus> {
  const about = { name, url: options.urlOf(name) };
  const object = await options.store.stat({ bucket: options.buckets.destination, name });
  if (isOf(object, source)) return { ...about, state: 'waiting', ...doneStatus(object) };
  const failure = await findFailure(name, source, options);
  if (!failure) return { ...about, state: 'waiting' };
  return { ...about, state: 'failed', code: failure.code, reason: failure.reason };
}

/**
 * Reads the state of an upload. Costs up to four calls of storage for each output that was waiting before.
 * @throws Problem `storage_unavailable`.
 */
export async function readStatus(
  { source, outputs: names }: UploadRecord,
  before: UploadStatus | undefined,
  options: StatusOptions,
): Promise<UploadStatus> {
  const old = new Map(before?.outputs.map((output) => [output.name, output]));
  const outputs: OutputStatus[] = [];
  for (const name of names) {
    const known = old.get(name);
    outputs.push(known && known.state !== 'waiting' ? known : await readOutput(name, source, options));
  }
  return { source: source.name, state: stateOf(outputs), outputs };
}
