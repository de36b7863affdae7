import type { FieldTable } from '../../common/field.ts';
import { bucketFields } from '../../convert_batch/plan_fields.ts';
import { queueFields as fanQueueFields } from '../../convert_batch/queue_fields.ts';
import { recordFields } from '../../convert_batch/record.ts';

const { LOCATION, QUEUE, SERVICE_ACCOUNT } = fanQueueFields;

/** Which cloud, and where in it: flags, and at Google the environment that the services have too. */
export const targetFields = {
  PROJECT_ID: {
    kind: 'string',
    flag: 'project',
    doc: 'Google Cloud project. Without it the local cloud is meant, the one that `npm start` runs.',
    example: 'my-pictures-123',
  },
  SRC_BUCKET_NAME: {
    kind: 'string',
    flag: 'source-bucket',
    doc: 'Bucket of the uploads. At Google: SRC_BUCKET_NAME or PROJECT-imagetx-src.',
  },
  DEST_BUCKET_NAME: {
    kind: 'string',
    flag: 'destination-bucket',
    doc: 'Bucket of the outputs. At Google: DEST_BUCKET_NAME or PROJECT-imagetx-dst.',
  },
  RECORDS_BUCKET: {
    kind: 'string',
    flag: 'records-bucket',
    doc: `${recordFields.RECORDS_BUCKET.doc} At Google: RECORDS_BUCKET or PROJECT-imagetx-records.`,
  },
  DEST_PREFIX: {
    ...bucketFields.DEST_PREFIX,
    flag: 'destination-prefix',
    doc: 'In front of every output’s name, as Fan has it.',
  },
  CDN_URL: {
    kind: 'string',
    flag: 'cdn-url',
    doc: 'In front of the outputs’ names in URLs. At Google: CDN_URL, or where Cloud Storage shows the bucket.',
    example: 'https://cdn.example.com',
  },
} as const satisfies FieldTable;

/** Where Fan runs, of which its settings are asked. */
export const fanPlaceFields = {
  LOCATION: { ...LOCATION, required: false, default: 'us-central1', flag: 'location' },
  FAN_SERVICE: {
    kind: 'string',
    default: 'fan',
    flag: 'fan-service',
    doc: 'The function Fan’s service on Cloud Run, of which its settings are asked.',
  },
} as const satisfies FieldTable;

/** What it takes to order outputs at the queue. */
export const queueFields = {
  RUN_URL: {
    kind: 'string',
    flag: 'run-url',
    doc: 'URL of the converter. At Google: RUN_URL.',
    example: 'https://imagebatch-123.us-central1.run.app',
  },
  RUN_AUDIENCE: { kind: 'string', flag: 'run-audience', doc: 'Audience of its tokens. Default: its URL.' },
  LOCATION: fanPlaceFields.LOCATION,
  QUEUE: { ...QUEUE, flag: 'queue' },
  SERVICE_ACCOUNT: {
    ...SERVICE_ACCOUNT,
    required: false,
    flag: 'service-account',
    doc: 'Account in whose name the queue calls the converter. At Google: img-tasks@PROJECT....',
  },
} as const satisfies FieldTable;

/** Where the local cloud is; never from the environment. */
export const localFields = {
  local: {
    kind: 'string',
    flag: 'local',
    doc: 'Folder in which the local cloud keeps its state. Default: .local, here or of this checkout.',
  },
} as const satisfies FieldTable;

/** Read from the environment, never typed. */
const endpointFields = {
  STORAGE_EMULATOR_HOST: { kind: 'string', doc: '' },
  CLOUD_TASKS_ENDPOINT: { kind: 'string', doc: '' },
  CLOUD_RUN_ENDPOINT: { kind: 'string', doc: '' },
} as const satisfies FieldTable;

export const placeFields = {
  ...targetFields,
  ...fanPlaceFields,
  ...queueFields,
  ...endpointFields,
} as const satisfies FieldTable;
