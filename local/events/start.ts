import { startPump } from '../kit/pump.ts';
import { seeded } from '../kit/seeded.ts';
import { createWaiters } from '../kit/waiters.ts';
import type { ObjectResource } from '../storage/resource.ts';
import { trackDeliveries } from './deliveries.ts';
import { type Delivery, type EventStore, openEventStore } from './store.ts';
import { calm, dueTimes, type Switches } from './switches.ts';

export type EventsOptions = {
  /** Folder of the undelivered events. */
  readonly dir: string;
  readonly storage: { onFinalize(listener: (object: ObjectResource) => void): Promise<() => void> };
  /** Only objects of this bucket produce events. */
  readonly bucket: string;
  /** URL of the function. */
  readonly target: string;
  /** Makes the token of the trigger's service account, which Eventarc sends with each event. */
  readonly token?: () => Promise<string>;
  /** Seed of the faults; the same seed gives the same faults. */
  readonly seed?: number;
  readonly switches?: Partial<Switches>;
  readonly backoff?: { readonly minBackoffMs: number; readonly maxBackoffMs: number };
  readonly maxInFlight?: number;
  readonly deadlineMs?: number;
  readonly now?: () => number;
};

/** An emulator of Eventarc: delivers finalize events from a bucket to a function, at least once. */
export type Events = Awaited<ReturnType<typeof startEvents>>;

export async function startEvents(options: EventsOptions) {
  const { now = Date.now, target, token, seed = 1, maxInFlight = 16, deadlineMs = 60_000 } = options;
  const { backoff = { minBackoffMs: 100, maxBackoffMs: 10_000 } } = options;
  const store = openEventStore(options.dir);
  const random = seeded(seed);
  const switches: Switches = { ...calm, ...options.switches };
  const stats = { events: 0, delivered: 0, again: 0 };
  const idlers = createWaiters(() => store.isEmpty());
  const onEnd = (how: 'delivered' | 'again') => {
    stats[how] += 1;
    idlers.tell();
  };
  const parts = { store, switches, random, now, target, token, backoff, deadlineMs, onEnd };
  const deliveries = trackDeliveries(parts);
  const pump = startPump({
    slots: () => maxInFlight,
    take: () => (switches.isShuffled ? takeAny(store, now(), random) : store.take(now(), 0)),
    waitMs: () => untilNext(store, now()),
    work: deliveries.make,
  });

  const unsubscribe = await options.storage.onFinalize((object) => {
    if (object.bucket !== options.bucket) return;
    stats.events += 1;
    store.add(object, dueTimes(switches, random, now()));
    pump.wake();
  });
  pump.wake();

  return {
    /** May be changed at any time. */
    switches,
    /** Counters since the start; `again` counts deliveries that failed or were lost. */
    stats: (): Readonly<typeof stats> => ({ ...stats }),
    /** Resolves when every event has been answered with a 2xx. */
    idle: idlers.wait,
    /** Cuts off running deliveries; the next start repeats them. */
    async close() {
      unsubscribe();
      pump.stop();
      await deliveries.stop();
      store.close();
    },
  };
}

function takeAny(store: EventStore, nowMs: number, random: () => number): Delivery | undefined {
  return store.take(nowMs, Math.floor(random() * store.countDue(nowMs)));
}

function untilNext(store: EventStore, nowMs: number): number | undefined {
  const dueMs = store.nextDueMs();
  return dueMs === null ? undefined : dueMs - nowMs;
}
