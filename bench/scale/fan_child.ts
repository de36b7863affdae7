/** Runs Fan's own code on synthetic events that the parent names by their numbers: `{ from, to }`. */
import { createTaskQueue } from '../../cloud/tasks.ts';
import { readConfig } from '../../common/fields/config.ts';
import { createLog } from '../../common/log/log.ts';
import { fanFields } from '../../convert_batch/gcf/config.ts';
import { createFan } from '../../convert_batch/gcf/fan.ts';

const [endpoint = ''] = process.argv.slice(2);
const settings = readConfig(fanFields, {
  PROJECT_ID: 'local-dev',
  LOCATION: 'us-central1',
  QUEUE: 'q1,q2',
  RUN_URL: 'http://127.0.0.1:1',
  SERVICE_ACCOUNT: 'tasks@local-dev.iam',
  SRC_BUCKET_NAME: 'src',
  DEST_BUCKET_NAME: 'dst',
  DEFAULT_FORMATS: 'webp',
});
const queue = createTaskQueue({
  projectId: settings.PROJECT_ID,
  location: settings.LOCATION,
  queues: settings.QUEUE,
  endpoint,
  serviceAccount: settings.SERVICE_ACCOUNT,
  audience: settings.RUN_URL,
  deadlineSeconds: settings.TASK_SECONDS,
});
const traceparent = () => `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`;
const fan = createFan({ settings, queue, log: createLog({ level: 'silent' }), traceparent });

/** The event of a tiny object, as Eventarc sends it. */
const eventOf = (at: number) => ({
  id: String(at),
  type: 'google.cloud.storage.object.v1.finalized',
  data: { bucket: 'src', name: `tiny/${at}.png`, generation: String(1e15 + at), size: '70', metadata: {} },
});

const inFlight = 32;

process.on('message', async ({ from, to }: { from: number; to: number }) => {
  let next = from;
  const work = async (): Promise<void> => {
    while (next < to) await fan(eventOf(next++));
  };
  await Promise.all(Array.from({ length: inFlight }, work));
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  process.send?.({ heapMb: (heapUsed + external) / 2 ** 20, cpuMs: (user + system) / 1000 });
});
process.on('disconnect', () => process.exit(0));
