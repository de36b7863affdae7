import { Agent } from 'undici';
import { attempt } from './attempt.ts';
import { begun, ended, judge, type Verdict } from './progress.ts';
import { defaultSettings } from './settings.ts';
import type { TaskStore } from './store.ts';
import type { Task } from './task.ts';

export type MintToken = (claims: { audience: string; email: string }) => Promise<string> | string;

type Parts = {
  readonly store: TaskStore;
  readonly now: () => number;
  readonly tombstoneMs: number;
  readonly token: MintToken;
  readonly onVerdict: (verdict: Verdict['state']) => void;
};

/** The attempts that are under way, and what is written down before and after each. */
export function trackRuns({ store, now, tombstoneMs, token, onVerdict }: Parts) {
  const agent = new Agent();
  let isStopped = false;
  const under = new Set<Promise<void>>();

  async function once(task: Task) {
    const history = begun(task, now());
    store.start(task.name, history);
    const outcome = await attempt(task, { agent, token });
    // Cut off by our own end: it stays in the store and runs again at the next start.
    if (isStopped) return;
    const after = ended(history, outcome, now());
    const queue = store.queue(task.queue) ?? defaultSettings;
    const verdict = judge(after, outcome, { queue, nowMs: now() });
    if (verdict.state === 'again') store.putBack(task.name, verdict.dueMs, after);
    else store.end(task.name, now() + tombstoneMs);
    onVerdict(verdict.state);
  }

  return {
    count: () => under.size,
    send(task: Task): Promise<void> {
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
