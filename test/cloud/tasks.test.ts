import { expect, test } from '@jest/globals';
import { createTaskQueue, type Task, type TaskQueueOptions } from '../../cloud/tasks.ts';
import { queue as queueName, withQueue } from '../local/support/queue.ts';

const optionsFor = (endpoint: string): TaskQueueOptions => ({
  projectId: 'local-dev',
  location: 'us-central1',
  queues: ['q1'],
  endpoint,
  serviceAccount: 'tasks@local-dev.iam',
  audience: 'https://run.example',
  deadlineSeconds: 60,
});

const taskTo = (url: string, id: string): Task => ({
  id,
  url: `${url}/convert`,
  headers: { 'content-type': 'application/x-www-form-urlencoded', traceparent: '00-1' },
  body: `id=${id}`,
});

test('tasks are sent with body, headers and token; an existing name counts as done', () =>
  withQueue({}, async ({ tasks, target }) => {
    const queue = createTaskQueue(optionsFor(tasks.url));
    const wanted = ['a', 'b', 'c'].map((id) => taskTo(target.url, id));
    expect(await queue.enqueue(wanted.slice(1))).toEqual(['created', 'created']);
    expect(await queue.enqueue(wanted)).toEqual(['created', 'existed', 'existed']);
    await tasks.idle();
    await queue.close();
    expect(target.seen.map(({ body }) => body).sort()).toEqual(['id=a', 'id=b', 'id=c']);
    expect(target.seen[0]?.headers).toMatchObject({
      authorization: 'Bearer token-for https://run.example tasks@local-dev.iam',
      traceparent: '00-1',
    });
  }));

test('several queues share the tasks by their keys, and a repeated task meets its own name again', () =>
  withQueue({ queue: { maxConcurrentDispatches: 50 } }, async ({ tasks, target, client }) => {
    const parent = client.locationPath('local-dev', 'us-central1');
    const names = ['q1', 'q2', 'q3'];
    for (const name of names.slice(1))
      await client.createQueue({
        parent,
        queue: { name: client.queuePath('local-dev', 'us-central1', name) },
      });
    for (const name of names) tasks.pause(client.queuePath('local-dev', 'us-central1', name));
    const queue = createTaskQueue({ ...optionsFor(tasks.url), queues: names });
    const wanted = Array.from({ length: 60 }, (_, at) => ({
      ...taskTo(target.url, `t${at}`),
      key: `output-${at}`,
    }));
    expect(new Set(await queue.enqueue(wanted))).toEqual(new Set(['created']));
    expect(new Set(await queue.enqueue(wanted))).toEqual(new Set(['existed']));
    // A queue that is named twice gets no second share.
    const twice = createTaskQueue({ ...optionsFor(tasks.url), queues: [...names, 'q1', 'q3'] });
    expect(new Set(await twice.enqueue(wanted))).toEqual(new Set(['existed']));
    await twice.close();
    const absent = createTaskQueue({ ...optionsFor(tasks.url), queues: ['q9'] });
    await expect(absent.enqueue(wanted.slice(0, 1))).rejects.toThrow('the queue q9 is not available');
    await absent.close();
    for (const name of names) {
      const [held] = await client.listTasks({ parent: client.queuePath('local-dev', 'us-central1', name) });
      expect(held.length).toBeGreaterThan(8);
      tasks.resume(client.queuePath('local-dev', 'us-central1', name));
    }
    await tasks.idle();
    expect(target.seen).toHaveLength(60);
    await queue.close();
  }));

test('when one task is refused the others are still created', () =>
  withQueue({}, async ({ tasks, target }) => {
    const queue = createTaskQueue(optionsFor(tasks.url));
    const wanted = [taskTo(target.url, 'bad id'), ...['a', 'b'].map((id) => taskTo(target.url, id))];
    await expect(queue.enqueue(wanted)).rejects.toMatchObject({ code: 'invalid_param' });
    await tasks.idle();
    await queue.close();
    expect(target.seen).toHaveLength(2);
  }));

test('a task for later waits', () =>
  withQueue({}, async ({ tasks, target, client }) => {
    const queue = createTaskQueue(optionsFor(tasks.url));
    const notBeforeMs = Date.now() + 3_600_000;
    await queue.enqueue([{ ...taskTo(target.url, 'later'), notBeforeMs }]);
    const [made] = await client.getTask({ name: `${queueName}/tasks/later` });
    expect(Number(made.scheduleTime?.seconds)).toBe(Math.floor(notBeforeMs / 1000));
    await queue.close();
  }));

test('a queue that cannot be reached is queue_unavailable', async () => {
  const queue = createTaskQueue({ ...optionsFor('http://127.0.0.1:1'), timeoutMs: 500 });
  await expect(queue.enqueue([taskTo('http://127.0.0.1:1', 'a')])).rejects.toMatchObject({
    code: 'queue_unavailable',
    status: 503,
    retry: true,
  });
  await queue.close();
});
