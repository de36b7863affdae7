import type { FieldTable } from '../common/field.ts';
import { url } from '../common/settings.ts';

/** Where Cloud Storage is, and how outputs are written there. */
export const storageFields = {
  CACHE_CONTROL: {
    kind: 'string',
    default: 'public, max-age=300, stale-while-revalidate=86400',
    doc: 'Cache header of outputs.',
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
    doc: 'Access list of outputs, for buckets without uniform access. Default: as the bucket says.',
  },
  STORAGE_EMULATOR_HOST: {
    kind: 'string',
    ...url,
    doc: 'Where Cloud Storage is. Default: at Google.',
    example: 'http://127.0.0.1:4443',
  },
} as const satisfies FieldTable;
