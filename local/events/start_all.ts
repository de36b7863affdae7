import { names } from '../environment.ts';
import type { LocalStorage } from '../storage/server.ts';
import { gatherListeners } from './gather.ts';
import { pushRequest, withOverwritten } from './notification.ts';
import { type EventsOptions, startEvents } from './start.ts';

type Token = (claims: { audience: string; email: string }) => Promise<string>;

export type AllEventsOptions = Pick<
  EventsOptions,
  'dir' | 'seed' | 'switches' | 'backoff' | 'maxInFlight'
> & {
  readonly storage: LocalStorage;
  readonly bearer: Token;
  /** URL of Fan. */
  readonly fan: string;
  /** URL of a webhook. */
  readonly notify?: string | undefined;
};

/** Pub/Sub keeps a message for a week; with the longest pause of 10 s this is about as long. */
const maxAttempts = 60_000;

/** Statuses by which a webhook acknowledges a message of Pub/Sub. */
const acknowledgements: readonly number[] = [102, 200, 201, 202, 204];

/** Events of the source bucket to Fan, and notifications of the other buckets to a webhook. */
export async function startAllEvents({ storage, bearer, fan, notify, ...options }: AllEventsOptions) {
  const gathered = gatherListeners(storage);
  const { source, destination, records } = names.buckets;
  const events = await startEvents({
    ...options,
    storage: gathered,
    buckets: [source],
    target: fan,
    token: () => bearer({ audience: fan, email: names.triggerAccount }),
  });
  const notifications = notify
    ? await startEvents({
        dir: options.dir,
        storage: {
          onFinalize: (listener) =>
            gathered.onFinalize((object, overwrote) => listener(withOverwritten(object, overwrote))),
        },
        buckets: [destination, records],
        requestOf: (event) => pushRequest(event, { project: names.project, subscription: 'imagetx-webhook' }),
        file: 'notifications.sqlite',
        maxAttempts,
        isTaken: (status) => acknowledgements.includes(status),
        target: notify,
        token: () => bearer({ audience: notify, email: names.pushAccount }),
        ...(options.backoff ? { backoff: options.backoff } : {}),
      })
    : undefined;
  const unsubscribe = await gathered.open();
  return {
    ...events,
    /** Absent without the option `notify`. */
    notifications,
    async close() {
      unsubscribe();
      await notifications?.close();
      await events.close();
    },
  };
}
