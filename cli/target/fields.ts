import type { FieldTable } from '../../common/fields/field.ts';
import { bucketFields } from '../../convert_batch/plan_fields.ts';
import { queueFields } from '../../convert_batch/queue_fields.ts';
import { recordFields } from '../../convert_batch/record.ts';

const { LOCATION, QUEUE, SERVICE_ACCOUNT } = queueFields;

/** The cloud, its project and its buckets: flags, and on Google Cloud the environment variables of the services. */
export const targetFields = {
  PROJECT_ID: {
    kind: 'string',
    flag: 'project',
    doc: 'Google Cloud project. Default: the local cloud that `npm start` runs.',
    example: 'my-pictures-123',
  },
  SRC_BUCKET_NAME: {
    kind: 'string',
    flag: 'source-bucket',
    doc: 'Bucket of the uploads. On Google Cloud: SRC_BUCKET_NAME or PROJECT-imagetx-src.',
  },
  DEST_BUCKET_NAME: {
    kind: 'string',
    flag: 'destination-bucket',
    doc: 'Bucket of the outputs. On Google Cloud: DEST_BUCKET_NAME or PROJECT-imagetx-dst.',
  },
  RECORDS_BUCKET: {
    kind: 'string',
    flag: 'records-bucket',
    doc: `${recordFields.RECORDS_BUCKET.doc} On Google Cloud: RECORDS_BUCKET or PROJECT-imagetx-records.`,
  },
  DEST_PREFIX: {
    ...bucketFields.DEST_PREFIX,
    flag: 'destination-prefix',
    doc: 'Prefix of every output’s name, as set for Fan.',
  },
  CDN_URL: {
    kind: 'string',
    flag: 'cdn-url',
    doc: 'Public base URL of the outputs. On Google Cloud: CDN_URL, or the bucket’s URL in Cloud Storage.',
    example: 'https://cdn.example.com',
  },
} as const satisfies FieldTable;

/** The Cloud Run service from which commands read Fan's settings. */
export const fanServiceFields = {
  LOCATION: { ...LOCATION, required: false, default: 'us-central1', flag: 'location' },
  FAN_SERVICE: {
    kind: 'string',
    default: 'fan',
    flag: 'fan-service',
    doc: 'Cloud Run service of the function Fan; the command reads Fan’s settings from it.',
  },
} as const satisfies FieldTable;

/** The queue and the converter that it calls. */
export const queueFlags = {
  RUN_URL: {
    kind: 'string',
    flag: 'run-url',
    doc: 'URL of the converter. On Google Cloud: RUN_URL.',
    example: 'https://imagebatch-123.us-central1.run.app',
  },
  RUN_AUDIENCE: {
    kind: 'string',
    flag: 'run-audience',
    doc: 'Audience of the converter’s tokens. Default: its URL.',
  },
  LOCATION: fanServiceFields.LOCATION,
  QUEUE: { ...QUEUE, flag: 'queue' },
  SERVICE_ACCOUNT: {
    ...SERVICE_ACCOUNT,
    required: false,
    flag: 'service-account',
    doc: 'Service account that the queue uses to call the converter. On Google Cloud: img-tasks@PROJECT....',
  },
} as const satisfies FieldTable;

/** The folder of the local cloud; never from the environment. */
export const localFields = {
  local: {
    kind: 'string',
    flag: 'local',
    doc: 'Folder with the state of the local cloud. Default: .local in the current folder, else in the checkout.',
  },
} as const satisfies FieldTable;

/** Read from the environment only. */
const endpointFields = {
  STORAGE_EMULATOR_HOST: { kind: 'string', doc: '' },
  CLOUD_TASKS_ENDPOINT: { kind: 'string', doc: '' },
  CLOUD_RUN_ENDPOINT: { kind: 'string', doc: '' },
} as const satisfies FieldTable;

export const targetSettings = {
  ...targetFields,
  ...fanServiceFields,
  ...queueFlags,
  ...endpointFields,
} as const satisfies FieldTable;
