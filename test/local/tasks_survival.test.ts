import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { startTasks } from '../../local/tasks/start.ts';
import { inFolder } from '../support/folder.ts';
import { clientFor, queue } from './support/queue.ts';
import { startTarget } from './support/target.ts';

const script = fileURLToPath(new URL('support/tasks_process.ts', import.meta.url));
const name = (id: string) => `${queue}/tasks/${id}`;

test('after kill -9 every acknowledged task runs, the running one again, and none that had ended', () =>
  inFolder(async (dir) => {
    let isBack = false;
    // Before the kill: "done" has a response, "running" occupies the only slot, the others wait.
    const target = await startTarget(({ path }, response) => {
      if (isBack || path === '/done') response.end();
    });
    const killed = await startProcess(dir);
    const client = clientFor(killed);
    const create = (id: string) =>
      client.createTask({
        parent: queue,
        task: { name: name(id), httpRequest: { url: `${target.url}/${id}`, body: Buffer.from(id) } },
      });
    await create('done');
    await target.requests(1);
    await create('running');
    await target.requests(2);
    for (const id of ['w1', 'w2', 'w3']) await create(id);
    await killed.kill();
    await client.close();

    isBack = true;
    const tasks = await startTasks({ dir, port: 0, mintToken: () => 'token' });
    await tasks.idle();
    const after = target.seen.slice(2);
    expect(after.map(({ body }) => body).sort()).toEqual(['running', 'w1', 'w2', 'w3']);
    const again = after.find(({ body }) => body === 'running');
    expect(again?.headers['x-cloudtasks-taskretrycount']).toBe('1');

    const second = clientFor(tasks);
    const task = { name: name('done'), httpRequest: { url: target.url } };
    await expect(second.createTask({ parent: queue, task })).rejects.toMatchObject({ code: 6 });
    await second.close();
    await tasks.close();
    await target.close();
  }));

async function startProcess(dir: string) {
  const child = spawn(process.execPath, [script, dir, '1'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(child.stdout, 'data');
  return {
    port: Number(line),
    async kill() {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}
