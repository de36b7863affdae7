import { Agent } from 'undici';
import type { ObjectResource } from '../storage/api/resource.ts';
import { backoffMs } from '../tasks/retry.ts';
import type { EventRequest } from './cloud_event.ts';
import { postEvent } from './post.ts';
import type { Delivery, EventStore } from './store.ts';
import type { Switches } from './switches.ts';

type Parts = {
  readonly store: EventStore;
  readonly switches: Switches;
  readonly random: () => number;
  readonly now: () => number;
  readonly target: string;
  readonly token: (() => Promise<string>) | undefined;
  readonly backoff: { readonly minBackoffMs: number; readonly maxBackoffMs: number };
  readonly deadlineMs: number;
  readonly requestOf: (object: ObjectResource) => EventRequest;
  readonly maxAttempts: number;
  readonly isTaken: (status: number) => boolean;
  readonly onEnd: (how: 'delivered' | 'again' | 'dropped') => void;
};

/** Makes deliveries, and records the beginning and end of each in the store. */
export function trackDeliveries({ store, switches, random, now, onEnd, ...parts }: Parts) {
  const agent = new Agent();
  let isStopped = false;
  const under = new Set<Promise<void>>();

  async function once({ seq, attempts, object }: Delivery) {
    store.start(seq);
    const isTaken = random() >= switches.lostRequests && (await send(object));
    // Our own shutdown cut it off: it stays in the store, and the next start repeats it.
    if (isStopped) return;
    const isDone = isTaken && random() >= switches.lostAnswers;
    const isLast = attempts + 1 >= parts.maxAttempts;
    if (isDone || isLast) store.end(seq);
    else store.putBack(seq, now() + backoffMs(attempts + 1, { ...parts.backoff, maxDoublings: 16 }));
    onEnd(isDone ? 'delivered' : isLast ? 'dropped' : 'again');
  }

  async function send(object: ObjectResource) {
    const authorization = parts.token && { authorization: `Bearer ${await parts.token()}` };
    const { target, deadlineMs, isTaken } = parts;
    return await postEvent(parts.requestOf(object), {
      ...{ target, agent, authorization, deadlineMs, isTaken },
    });
  }

  return {
    make(delivery: Delivery): Promise<void> {
      const made: Promise<void> = once(delivery).finally(() => under.delete(made));
      under.add(made);
      return made;
    },
    async stop() {
      isStopped = true;
      await agent.destroy();
      await Promise.all(under);
    },
  };
}
