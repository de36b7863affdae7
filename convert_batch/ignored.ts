import { posix } from 'node:path';
import { reservedFolders } from '../common/object_name.ts';
import type { PlanSettings } from './plan_fields.ts';
import type { SourceObject } from './source.ts';

/** Pieces that tools upload, put together to the object that is meant, and delete: gsutil, gcloud, the clients for Go and Java, gcsfuse. */
const pieces: readonly RegExp[] = [
  /(^|\/)(gsutil|gcloud)\/tmp\/parallel_composite_uploads\//,
  /^gcs-go-sdk-pcu-tmp\//,
  /;\d{4}-\d{4}\.part$/,
  /^\.gcsfuse_tmp\//,
];

const matches = (name: string, patterns: readonly string[]): boolean =>
  patterns.some((pattern) => posix.matchesGlob(name, pattern));

/** Why an object is left alone; one row per reason, the first that holds counts. */
const reasons: readonly (readonly [string, (object: SourceObject, settings: PlanSettings) => boolean])[] = [
  ['another bucket', ({ bucket }, { SRC_BUCKET_NAME }) => bucket !== SRC_BUCKET_NAME],
  ['a folder', ({ name }) => name.endsWith('/')],
  ['a piece of a composite upload', ({ name }) => pieces.some((piece) => piece.test(name))],
  // One that asks for outputs itself gets a record.
  ['an empty object', ({ bytes, metadata }) => bytes === 0 && metadata.formats === undefined],
  ['a record of ours', ({ name }) => reservedFolders.some((folder) => name.startsWith(`${folder}/`))],
  [
    'an output of ours',
    ({ bucket, name }, { DEST_BUCKET_NAME, DEST_PREFIX }) =>
      bucket === DEST_BUCKET_NAME && name.startsWith(DEST_PREFIX),
  ],
  ['not included', ({ name }, { INCLUDE }) => INCLUDE.length > 0 && !matches(name, INCLUDE)],
  ['excluded', ({ name }, { EXCLUDE }) => matches(name, EXCLUDE)],
];

/** Why nothing is made of an object; undefined: it may ask for outputs. */
export const whyIgnored = (object: SourceObject, settings: PlanSettings): string | undefined =>
  reasons.find(([, holds]) => holds(object, settings))?.[0];
