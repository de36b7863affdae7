import type { CloudTasksClient } from '@google-cloud/tasks';
import pLimit from 'p-limit';
import { Problem } from '../common/problem.ts';
import { inClientSpan } from '../common/telemetry/spans.ts';

/** One HTTP request that the queue sends, again until it is answered with a 2xx. */
export interface Task {
  /** Makes it the same task: 1 to 500 letters, digits, `-` and `_`. */
  readonly id: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Unix time in milliseconds before which it is not sent. */
  readonly notBeforeMs?: number;
}

export interface TaskQueueOptions {
  readonly projectId: string;
  readonly location: string;
  readonly queue: string;
  /** `http://host:port` is gRPC without TLS; unset: Google. */
  readonly endpoint?: string;
  /** Whose token the queue sends along, and what for. */
  readonly serviceAccount: string;
  readonly audience: string;
  /** How long one attempt may take, in seconds: 15 to 1800. */
  readonly deadlineSeconds: number;
  /** Longest call to the queue. */
  readonly timeoutMs?: number;
  /** Calls under way at a time. */
  readonly parallel?: number;
}

export type Enqueued = 'created' | 'existed';

export interface TaskQueue {
  /**
   * All tasks, in their order. One whose name is taken counts as done. Every task is tried even when some fail.
   * @throws Problem `queue_unavailable` when any could not be made, `invalid_param` when Google refuses one.
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
  // Without a client of its own it would look for credentials all the same, at a metadata server too.
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

function asProblem(error: unknown, { id }: Task): Problem {
  const { code } = error as { readonly code?: unknown };
  return typeof code === 'number' && refusals.has(code)
    ? new Problem('invalid_param', `task ${id}: the queue refused it`, { cause: error })
    : new Problem('queue_unavailable', `task ${id}: the queue is not available; try again later`, {
        cause: error,
      });
}

/** Does `work` for all items, at most `parallel` at a time. Goes on after a failure, then throws the first one. */
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

/** A queue of Cloud Tasks. Its client is loaded at the first use. */
export function createTaskQueue(options: TaskQueueOptions): TaskQueue {
  const { projectId, location, queue, timeoutMs = 10_000, parallel = 16 } = options;
  const parent = `projects/${projectId}/locations/${location}/queues/${queue}`;
  let client: Promise<CloudTasksClient> | undefined;

  const create = async (task: Task): Promise<Enqueued> => {
    client ??= openClient(options);
    try {
      // A repeated call is safe by the task's name, but gax would repeat it past our deadline.
      const call = { timeout: timeoutMs, retry: null };
      const google = await client;
      await inClientSpan('tasks.create', { 'rpc.service': 'cloudtasks', queue }, () =>
        google.createTask({ parent, task: wireTask(task, parent, options) }, call),
      );
      return 'created';
    } catch (error) {
      if ((error as { readonly code?: unknown }).code === alreadyExists) return 'existed';
      throw asProblem(error, task);
    }
  };

  return {
    enqueue: (tasks) => forEachOf(tasks, parallel, create),
    async close() {
      await (await client)?.close();
    },
  };
}
