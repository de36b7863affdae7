import { startTasks } from '../../../local/tasks/start.ts';
import { queue } from './queue.ts';

// A queue in a process of its own, to be killed: prints its port when it is ready.
const [dir = '', slots = '100'] = process.argv.slice(2);
const tasks = await startTasks({
  dir,
  port: 0,
  mintToken: () => 'token',
  queue: { name: queue, minBackoffMs: 1, maxConcurrentDispatches: Number(slots) },
});
process.stdout.write(`${tasks.port}\n`);
