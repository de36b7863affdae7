/**
 * Entry of the function `Fan`. Node 24 loads this file as it is:
 *   functions-framework --target=Fan --signature-type=cloudevent --source=/absolute/path/convert_batch/gcf/index.ts
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { cloudEvent } from '@google-cloud/functions-framework';
import { createTaskQueue } from '../../cloud/tasks.ts';
import { createLog } from '../../common/log/log.ts';
import { controlProcess } from '../../common/program.ts';
import { startTelemetry } from '../../common/telemetry/start.ts';
import { loadPresets } from '../../engine/catalog.ts';
import { newTraceparent } from '../task.ts';
import { checkFanConfig, fanFields } from './config.ts';
import { createFan, type FinalizeEvent } from './fan.ts';

const program = controlProcess(process);
const config = program.readSettings(fanFields, checkFanConfig);
const queue = createTaskQueue({
  projectId: config.PROJECT_ID,
  location: config.LOCATION,
  queues: config.QUEUE,
  serviceAccount: config.SERVICE_ACCOUNT,
  audience: config.RUN_AUDIENCE ?? config.RUN_URL,
  deadlineSeconds: config.TASK_SECONDS,
  parallel: config.ENQUEUE_PARALLEL,
  ...(config.CLOUD_TASKS_ENDPOINT ? { endpoint: config.CLOUD_TASKS_ENDPOINT } : {}),
});

const log = createLog({ level: config.LOG_LEVEL });
/** Few functions have presets; the others need no storage client. */
async function readPresets(place: string): Promise<string> {
  const [{ createObjectStore }, { readText }] = await Promise.all([
    import('../../cloud/storage.ts'),
    import('../../cloud/read_text.ts'),
  ]);
  return await readText(place, createObjectStore({ projectId: config.PROJECT_ID }));
}

const presets = await loadPresets(config.PRESETS, readPresets).catch(program.exitWithMessage);
const fan = createFan({
  settings: { ...config, presets },
  queue,
  log,
  traceparent: () => newTraceparent((bytes) => randomBytes(bytes).toString('hex')),
});

const telemetry = startTelemetry({ config, service: 'fan', log });
const flushMs = 2_000;

/** Sends telemetry before the answer: afterwards the instance has no CPU, and may end without a signal. */
async function flushTelemetry(): Promise<void> {
  await telemetry.load(async () => []);
  await telemetry.flush(flushMs);
}

/** Cloud Run kills an instance ten seconds after SIGTERM. */
const drainMs = 9_000;
/** functions-framework answers after the handler has returned. */
const answerMs = 100;
const running = new Set<Promise<void>>();
let hasSignalHandler = false;

/** On a signal, finishes running events; functions-framework alone would answer them with 500. */
function drainOnSignal(): void {
  if (hasSignalHandler) return;
  hasSignalHandler = true;
  program.exitOnSignal(async () => {
    await Promise.race([Promise.allSettled(running), sleep(drainMs)]);
    await sleep(answerMs);
  });
}

async function handle(event: FinalizeEvent): Promise<void> {
  try {
    await fan(event);
  } finally {
    await flushTelemetry();
  }
}

cloudEvent('Fan', async (event: FinalizeEvent) => {
  drainOnSignal();
  const work = handle(event);
  running.add(work);
  try {
    await work;
  } finally {
    running.delete(work);
  }
});
