import { expect, test } from '@jest/globals';
import { backoffMs, isExhausted } from '../../local/tasks/retry.ts';
import { fullBucket, refill, takeOne, waitMs } from '../../local/tasks/token_bucket.ts';
import { parent, queue, withQueue } from './support/queue.ts';

const q2 = `${parent}/queues/q2`;

test('a queue made without settings has those of Google', () =>
  withQueue({}, async ({ client }) => {
    const [made] = await client.createQueue({ parent, queue: { name: q2 } });
    expect(made).toMatchObject({
      name: q2,
      state: 'RUNNING',
      rateLimits: { maxDispatchesPerSecond: 500, maxBurstSize: 100, maxConcurrentDispatches: 1000 },
      retryConfig: { maxAttempts: 100, maxDoublings: 16, maxBackoff: { seconds: '3600' } },
    });
    await expect(client.createQueue({ parent, queue: { name: q2 } })).rejects.toMatchObject({ code: 6 });
    const [all] = await client.listQueues({ parent });
    expect(all.map(({ name }) => name)).toEqual([queue, q2]);
    await client.deleteQueue({ name: q2 });
    await expect(client.getQueue({ name: q2 })).rejects.toMatchObject({ code: 5 });
  }));

test('an update changes only the fields of its mask', () =>
  withQueue({ queue: { maxConcurrentDispatches: 7, maxAttempts: 9 } }, async ({ client }) => {
    const change = { rateLimits: { maxConcurrentDispatches: 3 }, retryConfig: { maxAttempts: 2 } };
    const updateMask = { paths: ['rate_limits.max_concurrent_dispatches'] };
    const [updated] = await client.updateQueue({ queue: { name: queue, ...change }, updateMask });
    expect(updated.rateLimits?.maxConcurrentDispatches).toBe(3);
    expect(updated.retryConfig?.maxAttempts).toBe(9);
  }));

test('settings out of range are refused', () =>
  withQueue({}, async ({ client }) => {
    const wrong = [
      { rateLimits: { maxDispatchesPerSecond: 501 } },
      { rateLimits: { maxConcurrentDispatches: 5001 } },
      { retryConfig: { minBackoff: { seconds: 9 }, maxBackoff: { seconds: 3 } } },
    ];
    for (const change of wrong) {
      const creating = client.createQueue({ parent, queue: { name: q2, ...change } });
      await expect(creating).rejects.toMatchObject({ code: 3 });
    }
  }));

test('a paused queue says so and stays paused through other changes', () =>
  withQueue({}, async ({ client }) => {
    await client.pauseQueue({ name: queue });
    const update = { queue: { name: queue, rateLimits: { maxConcurrentDispatches: 2 } } };
    expect((await client.updateQueue(update))[0].state).toBe('PAUSED');
    expect((await client.resumeQueue({ name: queue }))[0].state).toBe('RUNNING');
    expect((await client.purgeQueue({ name: queue }))[0].purgeTime).toBeTruthy();
  }));

test('a method that the emulator lacks answers UNIMPLEMENTED', () =>
  withQueue({}, async ({ client }) => {
    await expect(client.getIamPolicy({ resource: queue })).rejects.toMatchObject({ code: 12 });
  }));

test('back-off doubles, then grows evenly, then stays: the example of Google', () => {
  const settings = { minBackoffMs: 10, maxBackoffMs: 300, maxDoublings: 3 };
  const waits = [1, 2, 3, 4, 5, 6, 7, 8].map((attempts) => backoffMs(attempts, settings));
  expect(waits).toEqual([10, 20, 40, 80, 160, 240, 300, 300]);
});

test('attempts that never end do not overflow the back-off', () => {
  expect(backoffMs(5000, { minBackoffMs: 100, maxBackoffMs: 9000, maxDoublings: 4000 })).toBe(9000);
});

test.each([
  [1, 0, 1, 0, true],
  [1, 0, 2, 0, false],
  [5, 900, 2, 1000, false],
  [5, 1000, 2, 1000, true],
  [999, 0, -1, 0, false],
  [1, 1000, -1, 1000, true],
])(
  'after %i attempts and %i ms, with limits of %i and %i ms: over is %s',
  (attempts, age, max, maxAge, over) => {
    expect(isExhausted(attempts, age, { maxAttempts: max, maxRetryDurationMs: maxAge })).toBe(over);
  },
);

test('a token bucket gives its burst at once and then its rate, and holds no more than the burst', () => {
  const rate = { perSecond: 20, burst: 10 };
  let bucket = fullBucket(rate, 0);
  for (let i = 0; i < 10; i += 1) bucket = takeOne(bucket);
  expect(waitMs(bucket, rate)).toBe(50);
  bucket = refill(bucket, rate, 50);
  expect(waitMs(bucket, rate)).toBe(0);
  expect(refill(bucket, rate, 60_000).tokens).toBe(10);
});
