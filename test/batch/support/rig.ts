import { createObjectStore, type ObjectStore } from '../../../cloud/storage.ts';
import { createLog, type Log } from '../../../common/log/log.ts';
import { type Job, jobBody } from '../../../convert_batch/job.ts';
import { startEvents } from '../../../local/events/start.ts';
import { inFolder } from '../../support/folder.ts';
import {
  account,
  audience,
  destination,
  type RigOptions,
  records,
  serveConverter,
  serveFan,
  source,
  startEmulators,
} from './parts.ts';

export { account, audience, destination, records, source } from './parts.ts';

type Line = Readonly<Record<string, unknown>>;

/** A log whose lines a test can read. */
function readable(): { readonly log: Log; readonly lines: Line[] } {
  const lines: Line[] = [];
  const destination = { write: (text: string) => lines.push(JSON.parse(text) as Line) };
  return { log: createLog({ destination }), lines };
}

/** The batch door whole, with the real clients against the local cloud. */
export type Rig = Awaited<ReturnType<typeof startRig>>;

async function startRig(dir: string, options: RigOptions) {
  const { log, lines } = readable();
  const { oidc, storage, tasks, settings } = await startEmulators(dir, options);
  const converter = await serveConverter(settings, log);
  const fan = await serveFan({ ...settings, RUN_URL: converter.url }, log);
  const events = await startEvents({
    dir: `${dir}/events`,
    storage,
    buckets: [source],
    target: fan.url,
    backoff: { minBackoffMs: 1, maxBackoffMs: 10 },
    ...(options.switches ? { switches: options.switches } : {}),
    ...(options.seed === undefined ? {} : { seed: options.seed }),
  });
  return {
    ...verbs(createObjectStore({ projectId: 'local-dev', endpoint: storage.url })),
    storage,
    tasks,
    oidc,
    events,
    lines,
    fanUrl: fan.url,
    converterUrl: converter.url,
    /** Resolves when every event is delivered and every task done. */
    async settled() {
      await events.idle();
      await tasks.idle();
    },
    /** Sends a job as the queue does. */
    post: async (job: Partial<Job>, headers: Readonly<Record<string, string>> = {}) =>
      await post(converter.url, job, {
        authorization: `Bearer ${await oidc.bearer({ audience, email: account })}`,
        ...headers,
      }),
    linesOf: (event: string) => lines.filter((line) => line.event === event),
    async close() {
      for (const part of [events, fan, tasks, converter, storage, oidc]) await part.close();
    },
  };
}

/** What tests do with the buckets. */
const verbs = (store: ObjectStore) => ({
  store,
  /** Uploads a source; resolves to its generation. */
  upload: (name: string, data: Buffer, metadata: Record<string, string> = {}) =>
    store.write({ bucket: source, name, data, contentType: 'image/png', metadata }),
  output: (name: string) => store.read({ bucket: destination, name }),
  record: async (name: string) => JSON.parse(String(await store.read({ bucket: records, name }))),
  async names(bucket: string): Promise<readonly string[]> {
    const names: string[] = [];
    for await (const { name } of store.list(bucket, '')) names.push(name);
    return names;
  },
});

async function post(url: string, job: Partial<Job>, headers: Readonly<Record<string, string>>) {
  const response = await fetch(`${url}/convert`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-cloudtasks-taskname': 'by-hand',
      'x-cloudtasks-taskretrycount': '0',
      ...headers,
    },
    body: jobBody(job as Job),
  });
  return { status: response.status, text: await response.text() };
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
