import { createHash } from 'node:crypto';
import type { FieldTable } from '../common/fields/field.ts';
import type { ProblemCode } from '../common/problem.ts';
import type { Placeholders } from '../engine/index.ts';
import type { Job } from './job.ts';

/** The bucket of failure records and manifests. */
export const recordFields = {
  RECORDS_BUCKET: {
    kind: 'string',
    required: true,
    doc: 'Private bucket of failure records and manifests.',
  },
} as const satisfies FieldTable;

/** Why an output does not exist: `_failed/<output>.json` in the records bucket. */
export interface FailureRecord {
  readonly output: string;
  readonly code: ProblemCode;
  /** A sentence that may be shown to the uploader. */
  readonly reason: string;
  /** Whether the failure may pass by itself; then the queue has used up its attempts. */
  readonly isTransient: boolean;
  /** ISO 8601. */
  readonly time: string;
  readonly source: { readonly bucket: string; readonly name: string; readonly generation: string };
  /** The command that queues the job again. */
  readonly retry: string;
  /** The job to queue again with a larger `attempt`; absent when another source has replaced the output. */
  readonly job?: Job;
}

export type OutputState = 'waiting' | 'done' | 'failed';

export interface ManifestEntry {
  readonly state: OutputState;
  readonly bytes?: number;
  readonly contentType?: string;
  /** Placeholders that the upload asked for. */
  readonly placeholder?: Placeholders;
  readonly code?: ProblemCode;
  readonly reason?: string;
}

/** The outputs of a source's newest generation: `_manifest/<source>.json` in the records bucket. */
export interface Manifest {
  readonly source: { readonly bucket: string; readonly name: string; readonly generation: string };
  readonly outputs: Readonly<Record<string, ManifestEntry>>;
}

/** `waiting` while an output is; then `failed` if one has failed, else `done`. */
export function stateOf(outputs: Iterable<{ readonly state: OutputState }>): OutputState {
  const states = new Set([...outputs].map(({ state }) => state));
  return states.has('waiting') ? 'waiting' : states.has('failed') ? 'failed' : 'done';
}

const maxNameBytes = 1024;

/** Path parts that would lead out of a folder with copies of the records. */
const climbs = /(^|\/)\.{1,2}(\/|$)/;

/** The record's name; a hash replaces a name that an object cannot have. */
function recordIn(folder: string, name: string): string {
  const object = `${folder}/${name}.json`;
  const isGood =
    Buffer.byteLength(object) <= maxNameBytes &&
    object.isWellFormed() &&
    !/\p{Cc}/u.test(object) &&
    !climbs.test(object);
  return isGood ? object : `${folder}/${createHash('sha256').update(name).digest('hex')}.json`;
}

/** Where the failure records are, except those whose names are hashes, which are beside them. */
export const failedFolder = '_failed/';

export const failureName = (output: string): string => recordIn('_failed', output);

/** The record's name for an older source while a newer source's record has the first name. */
export function secondFailureName(
  output: string,
  { bucket, name }: { bucket: string; name: string },
): string {
  const hash = createHash('sha256').update(`${bucket}/${name}`).digest('hex');
  return recordIn('_failed', `${output}.${hash.slice(0, 12)}`);
}
export const manifestName = (source: string): string => recordIn('_manifest', source);
