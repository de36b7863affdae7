import type { protos } from '@google-cloud/tasks';
import { expect, test } from '@jest/globals';
import { Agent } from 'undici';
import { rpcStatus, sendTask } from '../../local/tasks/attempt.ts';
import { readTask } from '../../local/tasks/task.ts';
import { parent, queue, withQueue } from './support/queue.ts';
import { startTarget } from './support/target.ts';

type Task = protos.google.cloud.tasks.v2.ITask;
const name = (id: string) => `${queue}/tasks/${id}`;
const inSeconds = (seconds: number) => ({ seconds: Math.floor(Date.now() / 1000) + seconds });

test('a task is sent once with its body, its headers and those of the queue', () =>
  withQueue({}, async ({ client, target, tasks }) => {
    const httpRequest = {
      url: `${target.url}/convert?a=1`,
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        traceparent: '00-1',
        'X-CloudTasks-QueueName': 'forged',
      },
      body: Buffer.from('format=jpg'),
      oidcToken: { serviceAccountEmail: 'a@b.iam', audience: 'https://run' },
    };
    const [made] = await client.createTask({ parent: queue, task: { name: name('t1'), httpRequest } });
    expect(made).toMatchObject({ name: name('t1'), view: 'BASIC', dispatchCount: 0 });
    expect(made.httpRequest?.body).toHaveLength(0);
    await tasks.idle();

    expect(target.seen).toHaveLength(1);
    expect(target.seen[0]).toMatchObject({ method: 'POST', path: '/convert?a=1', body: 'format=jpg' });
    expect(target.seen[0]?.headers).toMatchObject({
      'content-type': 'application/x-www-form-urlencoded',
      authorization: 'Bearer token-for https://run a@b.iam',
      traceparent: '00-1',
      'user-agent': 'Google-Cloud-Tasks',
      'x-cloudtasks-queuename': 'q1',
      'x-cloudtasks-taskname': 't1',
      'x-cloudtasks-taskretrycount': '0',
      'x-cloudtasks-taskexecutioncount': '0',
      'x-cloudtasks-tasketa': expect.stringMatching(/^\d{10}\.\d+$/),
    });
    expect(target.seen[0]?.headers).not.toHaveProperty('x-cloudtasks-taskpreviousresponse');
  }));

test('without a name, content type or audience the queue chooses them', () =>
  withQueue({}, async ({ client, target, tasks }) => {
    const httpRequest = {
      url: target.url,
      body: Buffer.from('x'),
      oidcToken: { serviceAccountEmail: 'a@b' },
    };
    const [made] = await client.createTask({ parent: queue, task: { httpRequest } });
    expect(made.name).toMatch(/\/queues\/q1\/tasks\/\d+$/);
    await tasks.idle();
    expect(target.seen[0]?.headers).toMatchObject({
      'content-type': 'application/octet-stream',
      authorization: `Bearer token-for ${target.url} a@b`,
    });
  }));

test('a failed task is sent again, with counts, until it is answered with a 2xx', () =>
  withQueue(
    { answer: (_, res, nth) => res.writeHead([500, 429, 204][nth - 1] ?? 500).end() },
    async (rig) => {
      await rig.client.createTask({ parent: queue, task: { httpRequest: { url: rig.target.url } } });
      await rig.tasks.idle();
      const rows = rig.target.seen.map(({ headers }) => [
        headers['x-cloudtasks-taskretrycount'],
        headers['x-cloudtasks-taskexecutioncount'],
        headers['x-cloudtasks-taskpreviousresponse'],
      ]);
      // Answers of 5xx do not count as executions.
      expect(rows).toEqual([
        ['0', '0', undefined],
        ['1', '0', '500'],
        ['2', '1', '429'],
      ]);
      expect(rig.tasks.stats()).toMatchObject({ dispatched: 3, again: 2, done: 1, dropped: 0 });
    },
  ));

test('a task whose target is unreachable is kept and counted; the last attempt drops it', () =>
  withQueue({ queue: { maxAttempts: 3 } }, async ({ client, target, tasks }) => {
    await target.close();
    await client.createTask({ parent: queue, task: { httpRequest: { url: target.url } } });
    await tasks.idle();
    expect(tasks.stats()).toMatchObject({ dispatched: 3, again: 2, dropped: 1 });
  }));

test('Retry-After puts the next attempt off', () =>
  withQueue({ answer: (_, res) => res.writeHead(503, { 'retry-after': '900' }).end() }, async (rig) => {
    const task = { name: name('later'), httpRequest: { url: rig.target.url } };
    const [made] = await rig.client.createTask({ parent: queue, task });
    await rig.target.requests(1);
    const waited = await eventually(async () => {
      const [now] = await rig.client.getTask({ name: task.name });
      return now.lastAttempt?.responseStatus ? now : undefined;
    });
    expect(waited).toMatchObject({ dispatchCount: 1, responseCount: 1 });
    expect(waited.lastAttempt?.responseStatus).toMatchObject({
      code: 14,
      message: 'UNAVAILABLE(14): HTTP status code 503',
    });
    expect(Number(waited.scheduleTime?.seconds) - Number(made.createTime?.seconds)).toBeGreaterThanOrEqual(
      899,
    );
  }));

test('a target that does not answer within the deadline counts as DEADLINE_EXCEEDED', async () => {
  const target = await startTarget(() => {});
  const agent = new Agent();
  const wire = { httpRequest: { url: target.url } };
  const task = { ...readTask(wire, queue, Date.now()), deadlineMs: 10 };
  const outcome = await sendTask(task, { agent, token: () => '' });
  expect(rpcStatus(outcome)).toMatchObject({
    code: 4,
    message: expect.stringMatching(/^DEADLINE_EXCEEDED\(4\)/),
  });
  await agent.destroy();
  await target.close();
});

test('a name is taken while its task waits, and for a while after', async () => {
  let clock = Date.now();
  await withQueue({ tombstoneMs: 10_000, now: () => clock }, async ({ client, target, tasks }) => {
    const task: Task = { name: name('same'), httpRequest: { url: target.url } };
    const create = () => client.createTask({ parent: queue, task });
    tasks.pause(queue);
    await create();
    await expect(create()).rejects.toMatchObject({ code: 6, details: 'Requested entity already exists' });
    tasks.resume(queue);
    await tasks.idle();
    await expect(create()).rejects.toMatchObject({
      code: 6,
      details: 'The task cannot be created because a task with this name existed too recently',
    });
    clock += 10_001;
    await create();
    await tasks.idle();
    expect(target.seen).toHaveLength(2);
    expect(tasks.stats()).toMatchObject({ created: 2, duplicates: 2 });
  });
});

test('a task scheduled for later waits; run sends it at once, paused or not', () =>
  withQueue({}, async ({ client, target, tasks }) => {
    const task = { name: name('later'), scheduleTime: inSeconds(3600), httpRequest: { url: target.url } };
    await client.createTask({ parent: queue, task });
    await client.createTask({ parent: queue, task: { httpRequest: { url: `${target.url}/now` } } });
    await target.requests(1);
    expect(target.seen[0]?.path).toBe('/now');
    await client.pauseQueue({ name: queue });
    await client.runTask({ name: task.name });
    await tasks.idle();
    expect(target.seen).toHaveLength(2);
  }));

test('a paused queue keeps its tasks in order, lists them by pages, and purges them', () =>
  withQueue({}, async ({ client, target, tasks }) => {
    await client.pauseQueue({ name: queue });
    for (const id of ['a', 'b', 'c']) {
      await client.createTask({ parent: queue, task: { name: name(id), httpRequest: { url: target.url } } });
    }
    const [first, , answer] = await client.listTasks({ parent: queue, pageSize: 2 }, { autoPaginate: false });
    expect(first.map((task) => task.name)).toEqual([name('a'), name('b')]);
    const rest = { parent: queue, pageSize: 2, pageToken: answer?.nextPageToken ?? '' };
    const [second] = await client.listTasks(rest, { autoPaginate: false });
    expect(second.map((task) => task.name)).toEqual([name('c')]);

    await client.deleteTask({ name: name('a') });
    await expect(client.getTask({ name: name('a') })).rejects.toMatchObject({ code: 5 });
    await client.purgeQueue({ name: queue });
    await client.resumeQueue({ name: queue });
    await tasks.idle();
    expect(target.seen).toEqual([]);
  }));

test('a full view shows the body', () =>
  withQueue({}, async ({ client, target }) => {
    await client.pauseQueue({ name: queue });
    const httpRequest = { url: target.url, httpMethod: 'PUT' as const, body: Buffer.from('kept') };
    await client.createTask({ parent: queue, task: { name: name('full'), httpRequest } });
    const [full] = await client.getTask({ name: name('full'), responseView: 'FULL' });
    expect(Buffer.from(full.httpRequest?.body as Uint8Array).toString()).toBe('kept');
    expect(full.httpRequest?.httpMethod).toBe('PUT');
  }));

test('as many run at the same time as are allowed, and no more', async () => {
  let running = 0;
  let peak = 0;
  const full = Promise.withResolvers<void>();
  const answer = async (_: unknown, res: { end: () => unknown }) => {
    running += 1;
    peak = Math.max(peak, running);
    if (running === 3) full.resolve();
    await full.promise;
    running -= 1;
    res.end();
  };
  await withQueue({ queue: { maxConcurrentDispatches: 3 }, answer }, async ({ client, target, tasks }) => {
    const task = { httpRequest: { url: target.url } };
    await Promise.all(Array.from({ length: 40 }, () => client.createTask({ parent: queue, task })));
    await tasks.idle();
    expect(target.seen).toHaveLength(40);
    expect(peak).toBe(3);
  });
});

const refused: readonly [what: string, code: number, text: RegExp, task: Task, parent?: string][] = [
  ['another queue in its name', 3, /must match the task name/, { name: `${parent}/queues/q2/tasks/x` }],
  ['a space in its name', 3, /Invalid resource name/, { name: name('a b') }],
  ['no HTTP request', 3, /httpRequest must be set/, { httpRequest: null }],
  ['a URL without a scheme', 3, /must start with/, { httpRequest: { url: 'example.com' } }],
  ['a deadline under 15 s', 3, /between \[15s, 30m\]/, { dispatchDeadline: { seconds: 14 } }],
  ['a deadline over 30 min', 3, /between \[15s, 30m\]/, { dispatchDeadline: { seconds: 1801 } }],
  ['a time over 30 days ahead', 3, /30 days/, { scheduleTime: inSeconds(31 * 86_400) }],
  [
    'a body over 1 MiB',
    3,
    /too large/,
    { httpRequest: { url: 'http://a', body: Buffer.alloc(2 ** 20 + 1) } },
  ],
  ['a queue that is not there', 5, /Queue does not exist/, {}, `${parent}/queues/none`],
];

test.each(refused)('a task with %s is refused', (_, code, text, task, where = queue) =>
  withQueue({}, async ({ client }) => {
    const whole = { httpRequest: { url: 'http://127.0.0.1:1' }, ...task };
    const creating = client.createTask({ parent: where, task: whole });
    await expect(creating).rejects.toMatchObject({ code, details: expect.stringMatching(text) });
  }),
);

/** Polls until there is a value, where no event announces it. */
async function eventually<T>(ask: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
  }
}
