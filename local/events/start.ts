import { startPump } from '../kit/pump.ts';
import { seeded } from '../kit/seeded.ts';
import { createWaiters } from '../kit/waiters.ts';
import type { ObjectResource } from '../storage/api/resource.ts';
import { type EventRequest, finalizeRequest } from './cloud_event.ts';
import { trackDeliveries } from './deliveries.ts';
import { type Delivery, type EventStore, openEventStore } from './store.ts';
import { calm, dueTimes, type Switches } from './switches.ts';

export type EventsOptions = {
  /** Folder of the undelivered events. */
  readonly dir: string;
  readonly storage: { onFinalize(listener: (object: ObjectResource) => void): Promise<() => void> };
  /** Only objects of these buckets produce events. */
  readonly buckets: readonly string[];
  /** The request that delivers an object's event. Default: Eventarc's. */
  readonly requestOf?: (object: ObjectResource) => EventRequest;
  /** Name of the file of undelivered events. Default: `events.sqlite`. */
  readonly file?: string;
  /** Statuses that acknowledge an event. Default: every 2xx. */
  readonly isTaken?: (status: number) => boolean;
  /** Gives up after so many attempts. Default: never. */
  readonly maxAttempts?: number;
  /** URL of the receiver. */
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

/** Delivers the events of buckets to a URL, at least once: an emulator of Eventarc, and of Pub/Sub's push. */
export type Events = Awaited<ReturnType<typeof startEvents>>;

export async function startEvents(options: EventsOptions) {
  const { now = Date.now, target, token, seed = 1, maxInFlight = 16, deadlineMs = 60_000 } = options;
  const {
    backoff = { minBackoffMs: 100, maxBackoffMs: 10_000 },
    requestOf = finalizeRequest,
    isTaken = (status) => status >= 200 && status < 300,
    maxAttempts,
  } = options;
  const store = openEventStore(options.dir, options.file ?? 'events.sqlite');
  const random = seeded(seed);
  const switches: Switches = { ...calm, ...options.switches };
  const stats = { events: 0, delivered: 0, again: 0, dropped: 0 };
  const idlers = createWaiters(() => store.isEmpty());
  const onEnd = (how: keyof typeof stats) => {
    stats[how] += 1;
    idlers.tell();
  };
  const parts = {
    ...{ store, switches, random, now, target, token, backoff, deadlineMs, onEnd, requestOf, isTaken },
    maxAttempts: maxAttempts ?? Number.POSITIVE_INFINITY,
  };
  const deliveries = trackDeliveries(parts);
  const pump = startPump({
    slots: () => maxInFlight,
    take: () => (switches.isShuffled ? takeAny(store, now(), random) : store.take(now(), 0)),
    waitMs: () => untilNext(store, now()),
    work: deliveries.make,
  });

  const unsubscribe = await options.storage.onFinalize((object) => {
    if (!options.buckets.includes(String(object.bucket))) return;
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
