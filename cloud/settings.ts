import type { FieldTable } from '../common/fields/field.ts';
import { url } from '../common/settings.ts';

/** Settings of Cloud Storage and of the outputs in it. */
export const storageFields = {
  CACHE_CONTROL: {
    kind: 'string',
    default: 'public, max-age=300, stale-while-revalidate=86400',
    doc: 'Cache-Control header of outputs.',
  },
  PREDEFINED_ACL: {
    kind: 'enum',
    values: [
      'authenticatedRead',
      'bucketOwnerFullControl',
      'bucketOwnerRead',
      'private',
      'projectPrivate',
      'publicRead',
    ],
    exactCase: true,
    doc: 'Access list of outputs, for buckets without uniform access. Default: the bucket’s default.',
  },
  STORAGE_EMULATOR_HOST: {
    kind: 'string',
    ...url,
    doc: 'URL of Cloud Storage. Default: Google.',
    example: 'http://127.0.0.1:4443',
  },
} as const satisfies FieldTable;
