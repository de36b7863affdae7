import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { cloudEvent } from '@google-cloud/functions-framework';
import { getTestServer } from '@google-cloud/functions-framework/testing';
import { createObjectStore } from '../../../cloud/storage.ts';
import { createTaskQueue } from '../../../cloud/tasks.ts';
import { readConfig } from '../../../common/config.ts';
import { createLog, type Log } from '../../../common/log.ts';
import { listen } from '../../../common/server.ts';
import { fanFields } from '../../../convert_batch/gcf/config.ts';
import { createFan } from '../../../convert_batch/gcf/fan.ts';
import { newTraceparent } from '../../../convert_batch/gcf/trace.ts';
import { type Job, jobBody } from '../../../convert_batch/job.ts';
import { converterFields } from '../../../convert_batch/run/config.ts';
import { startConverter } from '../../../convert_batch/run/start.ts';
import { startEvents } from '../../../local/events/start.ts';
import type { Switches } from '../../../local/events/switches.ts';
import { startOidc } from '../../../local/oidc/start.ts';
import { startStorage } from '../../../local/storage/server.ts';
import { startTasks } from '../../../local/tasks/start.ts';
import { inFolder } from '../../support/folder.ts';

// The client library asks for a metadata server otherwise, even with insecure credentials.
process.env.METADATA_SERVER_DETECTION = 'none';

export const source = 'imagetx-src';
export const destination = 'imagetx-dst';
export const records = 'imagetx-records';
export const account = 'tasks@local-dev.iam.gserviceaccount.com';
export const audience = 'https://run.example';
const queueName = 'projects/local-dev/locations/us-central1/queues/q1';

type Line = Readonly<Record<string, unknown>>;

/** A log whose lines a test can read. */
function readable(): { readonly log: Log; readonly lines: Line[] } {
  const lines: Line[] = [];
  const destination = { write: (text: string) => lines.push(JSON.parse(text) as Line) };
  return { log: createLog({ destination }), lines };
}

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

/** The batch door whole, with the real clients against the local cloud. */
export type Rig = Awaited<ReturnType<typeof startRig>>;

async function startRig(dir: string, options: RigOptions) {
  const { log, lines } = readable();
  const oidc = await startOidc({ dir: `${dir}/oidc`, port: 0 });
  const storage = await startStorage({ dir: `${dir}/gcs`, port: 0, buckets: [source, destination, records] });
  const tasks = await startTasks({
    dir: `${dir}/tasks`,
    port: 0,
    mintToken: ({ audience, email }) => oidc.bearer({ audience, email }),
    queue: { name: queueName, minBackoffMs: 1, maxBackoffMs: 10, maxAttempts: options.maxAttempts ?? 8 },
    ...(options.tombstoneMs === undefined ? {} : { tombstoneMs: options.tombstoneMs }),
  });
  const common = {
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
    MAX_ATTEMPTS: String(options.maxAttempts ?? 8),
    CONVERSIONS: '2',
    WAITING_PER_CONVERSION: '100',
    ...options.env,
  };
  const config = readConfig(converterFields, { ...common, RUN_URL: 'http://127.0.0.1:1' });
  const converter = startConverter({ ...config, CONVERSIONS: 2 }, log);
  const running = await listen(converter.handler, { host: '127.0.0.1', port: 0, drainMs: 100 });
  const settings = readConfig(fanFields, { ...common, RUN_URL: running.url });
  const queue = createTaskQueue({
    projectId: settings.PROJECT_ID,
    location: settings.LOCATION,
    queue: settings.QUEUE,
    serviceAccount: settings.SERVICE_ACCOUNT,
    audience,
    deadlineSeconds: settings.TASK_SECONDS,
    endpoint: tasks.url,
    timeoutMs: 3000,
  });
  let traces = 0;
  const traceparent = () => {
    traces += 1;
    return newTraceparent((bytes) => traces.toString(16).padStart(bytes * 2, '0'));
  };
  cloudEvent('Fan', createFan({ settings, queue, log, traceparent }));
  const fan = getTestServer('Fan');
  const fanUrl = await servedAt(fan);
  const events = await startEvents({
    dir: `${dir}/events`,
    storage,
    bucket: source,
    target: fanUrl,
    backoff: { minBackoffMs: 1, maxBackoffMs: 10 },
    ...(options.switches ? { switches: options.switches } : {}),
    ...(options.seed === undefined ? {} : { seed: options.seed }),
  });
  const store = createObjectStore({ projectId: 'local-dev', endpoint: storage.url });

  const textOf = async (name: string) => String(await store.read({ bucket: records, name }));
  return {
    storage,
    tasks,
    oidc,
    events,
    store,
    lines,
    fanUrl,
    converterUrl: running.url,
    /** Uploads a source; resolves to its generation. */
    upload: (name: string, data: Buffer, metadata: Record<string, string> = {}) =>
      store.write({ bucket: source, name, data, contentType: 'image/png', metadata }),
    /** Resolves when every event is delivered and every task done. */
    async settled() {
      await events.idle();
      await tasks.idle();
    },
    output: (name: string) => store.read({ bucket: destination, name }),
    record: async (name: string) => JSON.parse(await textOf(name)),
    async names(bucket: string): Promise<readonly string[]> {
      const names: string[] = [];
      for await (const { name } of store.list(bucket, '')) names.push(name);
      return names;
    },
    /** Sends a job as the queue does. */
    async post(job: Partial<Job>, headers: Readonly<Record<string, string>> = {}) {
      const token = await oidc.bearer({ audience, email: account });
      const response = await fetch(`${running.url}/convert`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/x-www-form-urlencoded',
          'x-cloudtasks-taskname': 'by-hand',
          'x-cloudtasks-taskretrycount': '0',
          ...headers,
        },
        body: jobBody(job as Job),
      });
      return { status: response.status, text: await response.text() };
    },
    linesOf: (event: string) => lines.filter((line) => line.event === event),
    async close() {
      await events.close();
      fan.closeAllConnections();
      await new Promise((resolve) => fan.close(resolve));
      await queue.close();
      await tasks.close();
      await running.close();
      await converter.close();
      await storage.close();
      await oidc.close();
    },
  };
}

/** The same for a whole file: to be closed. */
export async function openBatch(options: RigOptions): Promise<Rig> {
  const opened = Promise.withResolvers<Rig>();
  const closing = Promise.withResolvers<void>();
  const ended = withBatch(options, async (rig) => {
    opened.resolve({
      ...rig,
      close: async () => {
        closing.resolve();
        await ended;
      },
    });
    await closing.promise;
  });
  ended.catch(opened.reject);
  return await opened.promise;
}

export const withBatch = (options: RigOptions, work: (rig: Rig) => Promise<void>): Promise<void> =>
  inFolder(async (dir) => {
    const rig = await startRig(dir, options);
    try {
      await work(rig);
    } finally {
      await rig.close();
    }
  });
