import type { FieldTable, ValuesOf } from '../../common/fields/field.ts';

/** Direct uploads: pictures of any size, from the client straight to the source bucket of the batch door. */
export const directFields = {
  SRC_BUCKET_NAME: {
    kind: 'string',
    doc: 'Source bucket of the batch door. With RECORDS_BUCKET and DEST_BUCKET_NAME it turns on direct uploads, `POST /uploads`.',
    example: 'my-project-imagetx-src',
  },
  RECORDS_BUCKET: {
    kind: 'string',
    doc: 'Private bucket of records, as set for the converter.',
    example: 'my-project-imagetx-records',
  },
  DEST_PREFIX: {
    kind: 'string',
    default: '',
    doc: 'Prefix of the names of outputs of direct uploads, as set for Fan.',
  },
  UPLOAD_MAX_BYTES: {
    kind: 'int',
    unit: 'bytes',
    min: 1,
    default: 200 * 1024 * 1024,
    doc: 'Largest direct upload. Larger ones also need a larger MAX_INPUT_BYTES of the converter.',
  },
  UPLOAD_NAMES: {
    kind: 'enum',
    values: ['unique', 'given'],
    default: 'unique',
    doc: 'How the outputs of direct uploads are named. unique: each upload has a folder of its own, so that none replaces the outputs of another one. given: the client’s `name` is the name, and the newest upload of a name wins, as at the inline door.',
  },
  UPLOAD_WAITERS: {
    kind: 'int',
    min: 0,
    default: 500,
    doc: 'Most clients that wait for outputs of direct uploads at the same time; others get 503 and Retry-After.',
  },
} as const satisfies FieldTable;

export type DirectConfig = Partial<ValuesOf<typeof directFields>> & { readonly DEST_BUCKET_NAME?: string };

/** The buckets of direct uploads. */
export interface DirectBuckets {
  readonly source: string;
  readonly records: string;
  readonly destination: string;
}

/** undefined unless the buckets are set. */
export function directBuckets(
  config: Pick<DirectConfig, 'SRC_BUCKET_NAME' | 'RECORDS_BUCKET' | 'DEST_BUCKET_NAME'>,
): DirectBuckets | undefined {
  const { SRC_BUCKET_NAME: source, RECORDS_BUCKET: records, DEST_BUCKET_NAME: destination } = config;
  return source && records && destination ? { source, records, destination } : undefined;
}

/** Whether the service offers direct uploads: they belong to the inline door. */
export const offersDirectUploads = (
  config: Parameters<typeof directBuckets>[0] & { readonly DOORS: readonly string[] },
): boolean => config.DOORS.includes('inline') && directBuckets(config) !== undefined;
