/**
 * Entry of the function `Fan`. Node 24 loads this file as it is:
 *   functions-framework --target=Fan --signature-type=cloudevent --source=/absolute/path/convert_batch/gcf/index.ts
 */
import { randomBytes } from 'node:crypto';
import { cloudEvent } from '@google-cloud/functions-framework';
import { createTaskQueue } from '../../cloud/tasks.ts';
import { createLog } from '../../common/log.ts';
import { programIn } from '../../common/program.ts';
import { startTelemetry } from '../../common/telemetry/start.ts';
import { checkFanConfig, fanFields } from './config.ts';
import { createFan, type FinalizeEvent } from './fan.ts';
import { newTraceparent } from './trace.ts';

const config = programIn(process).settings(fanFields, checkFanConfig);
const queue = createTaskQueue({
  projectId: config.PROJECT_ID,
  location: config.LOCATION,
  queue: config.QUEUE,
  serviceAccount: config.SERVICE_ACCOUNT,
  audience: config.RUN_AUDIENCE ?? config.RUN_URL,
  deadlineSeconds: config.TASK_SECONDS,
  parallel: config.ENQUEUE_PARALLEL,
  ...(config.CLOUD_TASKS_ENDPOINT ? { endpoint: config.CLOUD_TASKS_ENDPOINT } : {}),
});

const log = createLog({ level: config.LOG_LEVEL });
const fan = createFan({
  settings: config,
  queue,
  log,
  traceparent: () => newTraceparent((bytes) => randomBytes(bytes).toString('hex')),
});

const telemetry = startTelemetry({ config, service: 'fan', log });
const flushMs = 2_000;

/** The instance has no CPU once it has answered, and may end without a word. */
async function tell(): Promise<void> {
  await telemetry.load(async () => []);
  await telemetry.flush(flushMs);
}

cloudEvent('Fan', async (event: FinalizeEvent) => {
  try {
    await fan(event);
  } finally {
    await tell();
  }
});
