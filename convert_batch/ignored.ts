import { posix } from 'node:path';
import { reservedFolders } from '../common/object_name.ts';
import type { PlanSettings } from './plan_fields.ts';
import type { SourceObject } from './source.ts';

/** Pieces that tools upload, compose into the final object, and delete: gsutil, gcloud, the clients for Go and Java, gcsfuse. */
const pieces: readonly RegExp[] = [
  /(^|\/)(gsutil|gcloud)\/tmp\/parallel_composite_uploads\//,
  /^gcs-go-sdk-pcu-tmp\//,
  /;\d{4}-\d{4}\.part$/,
  /^\.gcsfuse_tmp\//,
];

const matches = (name: string, patterns: readonly string[]): boolean =>
  patterns.some((pattern) => posix.matchesGlob(name, pattern));

/** Reasons to ignore an object; the first that applies counts. */
const reasons: readonly (readonly [string, (object: SourceObject, settings: PlanSettings) => boolean])[] = [
  ['another bucket', ({ bucket }, { SRC_BUCKET_NAME }) => bucket !== SRC_BUCKET_NAME],
  ['a folder', ({ name }) => name.endsWith('/')],
  ['a piece of a composite upload', ({ name }) => pieces.some((piece) => piece.test(name))],
  // An empty object with metadata `formats` or `presets` gets a failure record instead.
  [
    'an empty object',
    ({ bytes, metadata: { formats, presets } }) => bytes === 0 && (formats ?? presets) === undefined,
  ],
  ['a record of ours', ({ name }) => reservedFolders.some((folder) => name.startsWith(`${folder}/`))],
  [
    'an output of ours',
    ({ bucket, name }, { DEST_BUCKET_NAME, DEST_PREFIX }) =>
      bucket === DEST_BUCKET_NAME && name.startsWith(DEST_PREFIX),
  ],
  ['not included', ({ name }, { INCLUDE }) => INCLUDE.length > 0 && !matches(name, INCLUDE)],
  ['excluded', ({ name }, { EXCLUDE }) => matches(name, EXCLUDE)],
];

/** Why Fan ignores an object; undefined when it does not. */
export const whyIgnored = (object: SourceObject, settings: PlanSettings): string | undefined =>
  reasons.find(([, applies]) => applies(object, settings))?.[0];
