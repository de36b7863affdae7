/**
 * Entry of the function `Fan`. Node 24 loads this file as it is:
 *   functions-framework --target=Fan --signature-type=cloudevent --source=/absolute/path/convert_batch/gcf/index.ts
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { cloudEvent } from '@google-cloud/functions-framework';
import { createTaskQueue } from '../../cloud/tasks.ts';
import { createLog } from '../../common/log.ts';
import { controlProcess } from '../../common/program.ts';
import { startTelemetry } from '../../common/telemetry/start.ts';
import { newTraceparent } from '../task.ts';
import { checkFanConfig, fanFields } from './config.ts';
import { createFan, type FinalizeEvent } from './fan.ts';

const program = controlProcess(process);
const config = program.readSettings(fanFields, checkFanConfig);
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

/** Cloud Run ends an instance ten seconds after it has told it to end. */
const drainMs = 9_000;
/** functions-framework answers after the handler has returned. */
const answerMs = 100;
const running = new Set<Promise<void>>();
let endsInOrder = false;

/** functions-framework ends at a signal and answers what runs with 500; events under way are to be finished. */
function endInOrder(): void {
  if (endsInOrder) return;
  endsInOrder = true;
  program.exitOnSignal(async () => {
    await Promise.race([Promise.allSettled(running), sleep(drainMs)]);
    await sleep(answerMs);
  });
}

async function handle(event: FinalizeEvent): Promise<void> {
  try {
    await fan(event);
  } finally {
    await tell();
  }
}

cloudEvent('Fan', async (event: FinalizeEvent) => {
  endInOrder();
  const work = handle(event);
  running.add(work);
  try {
    await work;
  } finally {
    running.delete(work);
  }
});
