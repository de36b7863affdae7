import { createHash } from 'node:crypto';
import type { CloudTasksClient } from '@google-cloud/tasks';
import pLimit from 'p-limit';
import { Problem } from '../common/problem.ts';
import { inClientSpan } from '../common/telemetry/spans.ts';

/** One HTTP request that the queue repeats until the response is a 2xx. */
export interface Task {
  /** The task's name, for deduplication: 1 to 500 letters, digits, `-` and `_`. */
  readonly id: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Tasks with the same key go to the same queue. Default: the id. */
  readonly key?: string;
  /** Unix time in milliseconds of the earliest attempt. */
  readonly notBeforeMs?: number;
}

export interface TaskQueueOptions {
  readonly projectId: string;
  readonly location: string;
  /** Names of the queues that share the tasks: each dispatches at most 500 a second. */
  readonly queues: readonly string[];
  /** `http://host:port` means gRPC without TLS. Default: Google. */
  readonly endpoint?: string;
  /** Account and audience of the token that the queue sends. */
  readonly serviceAccount: string;
  readonly audience: string;
  /** Longest attempt in seconds: 15 to 1800. */
  readonly deadlineSeconds: number;
  /** Longest call to the queue. */
  readonly timeoutMs?: number;
  /** Concurrent calls. */
  readonly parallel?: number;
}

export type Enqueued = 'created' | 'existed';

export interface TaskQueue {
  /**
   * Enqueues all tasks, even when some fail; the results have the order of the tasks. An existing name is success.
   * @throws Problem `queue_unavailable` when a task could not be created, `invalid_param` when Google refuses one.
   */
  enqueue(tasks: readonly Task[]): Promise<readonly Enqueued[]>;
  close(): Promise<void>;
}

/** gRPC statuses. */
const alreadyExists = 6;
const refusals = new Set([3, 9, 11]);

async function openClient({ projectId, endpoint }: TaskQueueOptions): Promise<CloudTasksClient> {
  const { CloudTasksClient } = await import('@google-cloud/tasks');
  if (endpoint === undefined) return new CloudTasksClient({ projectId });
  const { protocol, hostname, port } = new URL(endpoint);
  const isPlain = protocol === 'http:';
  const place = { projectId, apiEndpoint: hostname, port: Number(port || (isPlain ? 80 : 443)) };
  if (!isPlain) return new CloudTasksClient(place);
  const [{ credentials }, { PassThroughClient }] = await Promise.all([
    import('@grpc/grpc-js'),
    import('google-auth-library'),
  ]);
  // Without `authClient` the library would look for credentials, also at the metadata server.
  return new CloudTasksClient({
    ...place,
    sslCreds: credentials.createInsecure(),
    authClient: new PassThroughClient(),
  });
}

const timestamp = (ms: number) => ({ seconds: Math.floor(ms / 1000), nanos: (ms % 1000) * 1_000_000 });

function wireTask(task: Task, parent: string, options: TaskQueueOptions) {
  return {
    name: `${parent}/tasks/${task.id}`,
    dispatchDeadline: { seconds: options.deadlineSeconds },
    ...(task.notBeforeMs === undefined ? {} : { scheduleTime: timestamp(task.notBeforeMs) }),
    httpRequest: {
      httpMethod: 'POST' as const,
      url: task.url,
      headers: task.headers,
      body: Buffer.from(task.body),
      oidcToken: { serviceAccountEmail: options.serviceAccount, audience: options.audience },
    },
  };
}

function asProblem(cause: unknown, { id }: Task, queue: string): Problem {
  const { code } = cause as { readonly code?: unknown };
  return typeof code === 'number' && refusals.has(code)
    ? new Problem('invalid_param', `task ${id}: the queue ${queue} refused it`, { cause })
    : new Problem('queue_unavailable', `task ${id}: the queue ${queue} is not available; try again later`, {
        cause,
      });
}

/** Runs `work` for all items, at most `parallel` at a time. Throws the first failure after all are done. */
async function forEachOf<T, R>(
  items: readonly T[],
  parallel: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const limit = pLimit(parallel);
  const results = await Promise.allSettled(items.map((item) => limit(work, item)));
  return results.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}

/** The queue of a key: the same for the same list of queues. */
function queueFor(key: string, queues: readonly string[]): string {
  const number = createHash('sha256').update(key).digest().readUInt32BE(0);
  return queues[number % queues.length] as string;
}

/**
 * Queues of Cloud Tasks, which share the tasks by a hash of their keys. Their first use loads the client.
 * @throws Problem `invalid_param` when there is no queue.
 */
export function createTaskQueue(options: TaskQueueOptions): TaskQueue {
  const { projectId, location, timeoutMs = 10_000, parallel = 16 } = options;
  // A queue that is named twice shall not get two shares.
  const queues = [...new Set(options.queues)];
  if (queues.length === 0)
    throw new Problem('invalid_param', 'QUEUE: expected the name of a queue, got none');
  let client: Promise<CloudTasksClient> | undefined;

  const create = async (task: Task): Promise<Enqueued> => {
    client ??= openClient(options);
    const queue = queueFor(task.key ?? task.id, queues);
    const parent = `projects/${projectId}/locations/${location}/queues/${queue}`;
    try {
      // gax would retry beyond our deadline. (A retry is safe because of the task's name.)
      const call = { timeout: timeoutMs, retry: null };
      const google = await client;
      await inClientSpan('tasks.create', { 'rpc.service': 'cloudtasks', queue }, () =>
        google.createTask({ parent, task: wireTask(task, parent, options) }, call),
      );
      return 'created';
    } catch (error) {
      if ((error as { readonly code?: unknown }).code === alreadyExists) return 'existed';
      throw asProblem(error, task, queue);
    }
  };

  return {
    enqueue: (tasks) => forEachOf(tasks, parallel, create),
    async close() {
      await (await client)?.close();
    },
  };
}
