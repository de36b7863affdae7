import pLimit from 'p-limit';
import type { ObjectInfo, ObjectRef, ObjectStore } from '../../cloud/storage.ts';
import { isProblem, type ProblemCode } from '../../common/problem.ts';
import { isSameSource, type Origin, originOf } from '../../convert_batch/origin.ts';
import {
  type FailureRecord,
  failedFolder,
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

/** How to look an object up: by a call of its own, or in a listing that was made before. */
type Find = (ref: ObjectRef) => Promise<ObjectInfo | undefined>;

/** More outputs than this are looked up by listing their folder, which costs two calls instead of three for each. */
const mostLookups = 8;
const concurrentLookups = 8;

/** The folder of an output that no other upload has; undefined when the client has given the output's name. */
function ownFolder(output: string, { name }: Source): string | undefined {
  const folder = `${name.split('/', 2).join('/')}/`;
  const at = output.indexOf(folder);
  return at < 0 ? undefined : output.slice(0, at + folder.length);
}

/** Finds the objects of an upload with many outputs in two listings. A name outside of them is looked up by itself. */
async function findByListing(folder: string, { store, buckets }: StatusOptions): Promise<Find> {
  const places = [
    { bucket: buckets.destination, prefix: folder },
    { bucket: buckets.records, prefix: `${failedFolder}${folder}` },
  ];
  const found = new Map<string, ObjectInfo>();
  for (const { bucket, prefix } of places) {
    for await (const { name, info } of store.list(bucket, prefix)) found.set(`${bucket}/${name}`, info);
  }
  return async (ref) => {
    const isListed = places.some(
      ({ bucket, prefix }) => ref.bucket === bucket && ref.name.startsWith(prefix),
    );
    return isListed ? found.get(`${ref.bucket}/${ref.name}`) : await store.stat(ref);
  };
}

/** The cheapest way to look these outputs up. */
async function chooseFind(outputs: readonly string[], source: Source, options: StatusOptions): Promise<Find> {
  const folder = outputs.length > mostLookups ? ownFolder(outputs[0] ?? '', source) : undefined;
  return folder === undefined ? options.store.stat : await findByListing(folder, options);
}

interface Look extends StatusOptions {
  readonly source: Source;
  readonly find: Find;
}

/** The failure record of an output, if it is about this source. */
async function findFailure(output: string, { source, find, store, buckets }: Look) {
  for (const name of [failureName(output), secondFailureName(output, source)]) {
    const ref = { bucket: buckets.records, name };
    const object = await find(ref);
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

async function readOutput(name: string, look: Look): Promise<OutputStatus> {
  const about = { name, url: look.urlOf(name) };
  const object = await look.find({ bucket: look.buckets.destination, name });
  if (isOf(object, look.source)) return { ...about, state: 'waiting', ...doneStatus(object) };
  const failure = await findFailure(name, look);
  if (!failure) return { ...about, state: 'waiting' };
  return { ...about, state: 'failed', code: failure.code, reason: failure.reason };
}

/**
 * Reads the state of an upload. Costs up to four calls of storage for each output that was waiting before, or two and one
 * for each failure where there are many.
 * @throws Problem `storage_unavailable`.
 */
export async function readStatus(
  { source, outputs: names }: UploadRecord,
  before: UploadStatus | undefined,
  options: StatusOptions,
): Promise<UploadStatus> {
  const settled = new Map(
    before?.outputs.filter(({ state }) => state !== 'waiting').map((output) => [output.name, output]),
  );
  const open = names.filter((name) => !settled.has(name));
  const look: Look = { ...options, source, find: await chooseFind(open, source, options) };
  const limit = pLimit(concurrentLookups);
  const read = async (name: string) => settled.get(name) ?? (await limit(() => readOutput(name, look)));
  const outputs = await Promise.all(names.map(read));
  return { source: source.name, state: stateOf(outputs), outputs };
}
