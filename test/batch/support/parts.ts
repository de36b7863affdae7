import { readFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { cloudEvent } from '@google-cloud/functions-framework';
import { getTestServer } from '@google-cloud/functions-framework/testing';
import { createTaskQueue } from '../../../cloud/tasks.ts';
import { readConfig } from '../../../common/fields/config.ts';
import type { Log } from '../../../common/log/log.ts';
import { listen } from '../../../common/server/listen.ts';
import { fanFields } from '../../../convert_batch/gcf/config.ts';
import { createFan } from '../../../convert_batch/gcf/fan.ts';
import { converterFields } from '../../../convert_batch/run/config.ts';
import { startConverter } from '../../../convert_batch/run/start.ts';
import { newTraceparent } from '../../../convert_batch/task.ts';
import { loadPresets } from '../../../engine/catalog.ts';
import type { Switches } from '../../../local/events/switches.ts';
import { startOidc } from '../../../local/oidc/start.ts';
import { startStorage } from '../../../local/storage/server.ts';
import { startTasks } from '../../../local/tasks/start.ts';

// The client library asks for a metadata server otherwise, even with insecure credentials.
process.env.METADATA_SERVER_DETECTION = 'none';

export const source = 'imagetx-src';
export const destination = 'imagetx-dst';
export const records = 'imagetx-records';
export const account = 'tasks@local-dev.iam.gserviceaccount.com';
export const audience = 'https://run.example';
const queueName = 'projects/local-dev/locations/us-central1/queues/q1';

export interface RigOptions {
  /** Settings of Fan and the converter, as in their environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly switches?: Partial<Switches>;
  readonly seed?: number;
  readonly maxAttempts?: number;
  /** The queue's copy of a task's name is forgotten at once, so that a task may run again. */
  readonly tombstoneMs?: number;
}

const servedAt = async (server: Server): Promise<string> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

/** What stands in for Google, and the settings that point at it. */
export async function startEmulators(dir: string, { maxAttempts = 8, tombstoneMs, env = {} }: RigOptions) {
  const oidc = await startOidc({ dir: `${dir}/oidc`, port: 0 });
  const storage = await startStorage({ dir: `${dir}/gcs`, port: 0, buckets: [source, destination, records] });
  const tasks = await startTasks({
    dir: `${dir}/tasks`,
    port: 0,
    mintToken: ({ audience, email }) => oidc.bearer({ audience, email }),
    queue: { name: queueName, minBackoffMs: 1, maxBackoffMs: 10, maxAttempts },
    ...(tombstoneMs === undefined ? {} : { tombstoneMs }),
  });
  const settings = {
    PROJECT_ID: 'local-dev',
    LOCATION: 'us-central1',
    SRC_BUCKET_NAME: source,
    DEST_BUCKET_NAME: destination,
    RECORDS_BUCKET: records,
    RUN_AUDIENCE: audience,
    SERVICE_ACCOUNT: account,
    STORAGE_EMULATOR_HOST: storage.url,
    CLOUD_TASKS_ENDPOINT: tasks.url,
    OIDC_ISSUERS: oidc.issuer,
    OIDC_JWKS_URI: oidc.jwksUri,
    MAX_ATTEMPTS: String(maxAttempts),
    CONVERSIONS: '2',
    WAITING_PER_CONVERSION: '100',
    ...env,
  };
  return { oidc, storage, tasks, settings };
}

type Settings = Readonly<Record<string, string>>;

export async function serveConverter(settings: Settings, log: Log) {
  const config = readConfig(converterFields, { ...settings, RUN_URL: 'http://127.0.0.1:1' });
  const converter = startConverter({ ...config, CONVERSIONS: 2 }, log);
  const running = await listen(converter.handler, { host: '127.0.0.1', port: 0, drainMs: 100 });
  return {
    url: running.url,
    async close() {
      await running.close();
      await converter.close();
    },
  };
}

/** Traces by number. */
function numbered(): () => string {
  let traces = 0;
  return () => {
    traces += 1;
    return newTraceparent((bytes) => traces.toString(16).padStart(bytes * 2, '0'));
  };
}

export async function serveFan(texts: Settings, log: Log) {
  const settings = readConfig(fanFields, texts);
  const queue = createTaskQueue({
    projectId: settings.PROJECT_ID,
    location: settings.LOCATION,
    queues: settings.QUEUE,
    serviceAccount: settings.SERVICE_ACCOUNT,
    audience,
    deadlineSeconds: settings.TASK_SECONDS,
    endpoint: settings.CLOUD_TASKS_ENDPOINT ?? '',
    timeoutMs: 3000,
  });
  const presets = await loadPresets(settings.PRESETS, (file) => readFile(file, 'utf8'));
  cloudEvent('Fan', createFan({ settings: { ...settings, presets }, queue, log, traceparent: numbered() }));
  const server = getTestServer('Fan');
  return {
    url: await servedAt(server),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await queue.close();
    },
  };
}
