import type { FieldTable } from '../common/fields/field.ts';
import { url } from '../common/settings.ts';

/** The queue that takes the tasks, and the converter that it calls. */
export const queueFields = {
  LOCATION: { kind: 'string', required: true, doc: 'Location of the queue.', example: 'us-central1' },
  QUEUE: {
    kind: 'list',
    default: ['q1'],
    doc: 'Names of the queues. Several share the tasks by a hash of the output’s name, for more than the 500 tasks a second that one dispatches.',
    example: 'q1,q2,q3',
  },
  CLOUD_TASKS_ENDPOINT: {
    kind: 'string',
    ...url,
    doc: 'Endpoint of Cloud Tasks; http means gRPC without TLS. Default: Google’s.',
    example: 'http://127.0.0.1:8123',
  },
  RUN_URL: { kind: 'string', ...url, required: true, doc: 'URL of the converter.' },
  RUN_AUDIENCE: { kind: 'string', doc: 'Audience of the tasks’ tokens. Default: `RUN_URL`.' },
  SERVICE_ACCOUNT: {
    kind: 'string',
    required: true,
    doc: 'Service account that the queue uses to call the converter.',
  },
  TASK_SECONDS: {
    kind: 'int',
    unit: 'seconds',
    min: 15,
    max: 1800,
    default: 600,
    doc: 'Time limit of one attempt of a task.',
  },
  ENQUEUE_PARALLEL: { kind: 'int', min: 1, max: 100, default: 16, doc: 'Tasks created at the same time.' },
} as const satisfies FieldTable;
