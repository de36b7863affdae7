import { Agent } from 'undici';
import { sendTask } from './attempt.ts';
import { decideNext, type NextStep, recordEnd, recordStart } from './progress.ts';
import { defaultSettings } from './settings.ts';
import type { TaskStore } from './store.ts';
import type { QueuedTask } from './task.ts';

export type MintToken = (claims: { audience: string; email: string }) => Promise<string> | string;

type Parts = {
  readonly store: TaskStore;
  readonly now: () => number;
  readonly tombstoneMs: number;
  readonly token: MintToken;
  readonly onDecision: (decision: NextStep['state']) => void;
};

/** Makes attempts, and records the beginning and end of each in the store. */
export function trackAttempts({ store, now, tombstoneMs, token, onDecision }: Parts) {
  const agent = new Agent();
  let isStopped = false;
  const under = new Set<Promise<void>>();

  async function once(task: QueuedTask) {
    const history = recordStart(task, now());
    store.start(task.name, history);
    const outcome = await sendTask(task, { agent, token });
    // Our own shutdown cut it off: it stays in the store, and the next start repeats it.
    if (isStopped) return;
    const after = recordEnd(history, outcome, now());
    const queue = store.queue(task.queue) ?? defaultSettings;
    const decision = decideNext(after, outcome, { queue, nowMs: now() });
    if (decision.state === 'again') store.putBack(task.name, decision.dueMs, after);
    else store.end(task.name, now() + tombstoneMs);
    onDecision(decision.state);
  }

  return {
    count: () => under.size,
    send(task: QueuedTask): Promise<void> {
      const run: Promise<void> = once(task).finally(() => under.delete(run));
      under.add(run);
      return run;
    },
    async stop() {
      isStopped = true;
      await agent.destroy();
      await Promise.all(under);
    },
  };
}
