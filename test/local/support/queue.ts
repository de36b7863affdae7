import { CloudTasksClient } from '@google-cloud/tasks';
import { credentials } from '@grpc/grpc-js';
import type { QueueSettings } from '../../../local/tasks/settings.ts';
import { startTasks, type TasksOptions } from '../../../local/tasks/start.ts';
import { inFolder } from '../../support/folder.ts';
import { startTarget } from './target.ts';

// The client library asks for a metadata server otherwise, even with insecure credentials.
process.env.METADATA_SERVER_DETECTION = 'none';

export const parent = 'projects/local-dev/locations/us-central1';
export const queue = `${parent}/queues/q1`;

/** The real client, pointed at the local queue. */
export function clientFor(tasks: { readonly port: number }): CloudTasksClient {
  return new CloudTasksClient({
    apiEndpoint: '127.0.0.1',
    port: tasks.port,
    sslCreds: credentials.createInsecure(),
    projectId: 'local-dev',
  });
}

type Settings = Partial<Omit<TasksOptions, 'dir' | 'port' | 'queue'>> & {
  readonly queue?: Partial<QueueSettings>;
  readonly answer?: Parameters<typeof startTarget>[0];
};

type Rig = {
  readonly tasks: Awaited<ReturnType<typeof startTasks>>;
  readonly client: CloudTasksClient;
  readonly target: Awaited<ReturnType<typeof startTarget>>;
};

/** A queue with quick back-off, its client, and a target to send to. */
export async function withQueue(settings: Settings, work: (rig: Rig) => Promise<void>): Promise<void> {
  const { answer, queue: queueSettings, ...rest } = settings;
  await inFolder(async (dir) => {
    const target = await startTarget(answer);
    const tasks = await startTasks({
      dir,
      port: 0,
      mintToken: ({ audience, email }) => `token-for ${audience} ${email}`,
      queue: { name: queue, minBackoffMs: 1, maxBackoffMs: 4, ...queueSettings },
      ...rest,
    });
    const client = clientFor(tasks);
    try {
      await work({ tasks, client, target });
    } finally {
      await client.close();
      await tasks.close();
      await target.close();
    }
  });
}
