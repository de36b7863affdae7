import { afterEach, expect, test } from '@jest/globals';
import { Problem } from '../../common/problem.ts';
import { collect } from '../../common/telemetry/collect.ts';
import { placeIn, traceIdFor, traceparentOf } from '../../common/telemetry/propagation.ts';
import { randomHex } from '../../common/telemetry/random_hex.ts';
import { record } from '../../common/telemetry/record.ts';
import {
  currentPlace,
  type EndedSpan,
  inSpan,
  startSpan,
  traceWith,
  within,
} from '../../common/telemetry/spans.ts';
import { traceOf } from '../../common/trace.ts';

let made = 0;
/** Numbers in the place of randomness. */
const hex = (bytes: number): string => {
  made += 1;
  return made.toString(16).padStart(bytes * 2, '0');
};

afterEach(() => traceWith(undefined));

function tracing(ratio = 1): EndedSpan[] {
  const spans: EndedSpan[] = [];
  traceWith({ ratio, hex, take: (span) => spans.push(span) });
  return spans;
}

const ids = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' };

test('a span begun in another hangs below it, also after a wait', async () => {
  const spans = tracing();
  await inSpan('outer', {}, async () => {
    await new Promise((resolve) => setImmediate(resolve));
    await inSpan('inner', {}, async () => {});
  });
  const [inner, outer] = spans;
  expect([inner?.name, outer?.name]).toEqual(['inner', 'outer']);
  expect(inner?.parent).toEqual(outer?.place);
  expect(outer?.parent).toBeUndefined();
});

test('what throws is a failed span that tells the code and not the message', async () => {
  const spans = tracing();
  const work = async () => Promise.reject(new Problem('not_found', 'https://x.example/?sign=secret'));
  await expect(inSpan('x', {}, work)).rejects.toThrow(Problem);
  expect(spans).toMatchObject([{ failure: 'not_found' }]);
  expect(JSON.stringify(spans)).not.toContain('secret');
});

test('attributes carry no key, signature or token', () => {
  const spans = tracing();
  const url =
    'https://x.example/a?key=secret1&X-Goog-Signature=secret2&url=http%3A%2F%2Fy%2F%3Fsign%3Dsecret3';
  startSpan('x', { attributes: { url, header: 'Bearer secret4-secret4', none: undefined } }).end();
  expect(JSON.stringify(spans)).not.toMatch(/secret\d/);
  expect(Object.keys(spans[0]?.attributes ?? {})).toEqual(['url', 'header']);
});

test.each([
  ['kept by its caller, though none is kept here', '01', 0, 1],
  ['dropped by its caller, though all are kept here', '00', 1, 0],
])('a trace is %s', async (_title, flags, ratio, kept) => {
  const spans = tracing(ratio);
  const parent = placeIn(`00-${ids.traceId}-${ids.spanId}-${flags}`);
  await inSpan('x', { parent, kind: 'server' }, () => inSpan('y', {}, async () => {}));
  expect(spans).toHaveLength(kept * 2);
});

test('of new traces the share is kept that was asked for, the same ones again', () => {
  const keptAt = (ratio: number) => {
    const spans = tracing(ratio);
    for (let n = 0; n < 2000; n += 1) startSpan('x', { traceId: traceIdFor(String(n)) }).end();
    return spans.map(({ place }) => place.traceId);
  };
  const kept = keptAt(0.25);
  expect(kept.length / 2000).toBeCloseTo(0.25, 1);
  expect(keptAt(0.25)).toEqual(kept);
  expect([keptAt(0).length, keptAt(1).length]).toEqual([0, 2000]);
});

test('without telemetry work is done all the same, outside of any trace', async () => {
  expect(await inSpan('x', {}, async () => [currentPlace(), 'done'])).toEqual([undefined, 'done']);
  expect(within(startSpan('x'), () => currentPlace())).toBeUndefined();
  expect(record('imagetx/retries', 1)).toBeUndefined();
});

test('spans and points from before anybody takes them are passed on in order, also those that end later', () => {
  const { passTo, stop } = collect({ ratio: 1, hex });
  const late = startSpan('late');
  startSpan('early').end();
  record('imagetx/retries', 1);
  const seen: unknown[] = [];
  passTo({ takeSpan: ({ name }) => seen.push(name), takePoint: ({ name }) => seen.push(name) });
  late.end();
  record('imagetx/failures', 1);
  expect(seen).toEqual(['imagetx/retries', 'early', 'late', 'imagetx/failures']);
  stop();
});

test('what nobody takes does not pile up without end', () => {
  const { passTo, stop } = collect({ ratio: 1, hex });
  for (let n = 0; n < 20_000; n += 1) record('imagetx/retries', 1);
  for (let n = 0; n < 5_000; n += 1) startSpan('x').end();
  const seen = { points: 0, spans: 0 };
  passTo({
    takePoint: () => {
      seen.points += 1;
    },
    takeSpan: () => {
      seen.spans += 1;
    },
  });
  expect(seen).toEqual({ points: 10_000, spans: 2_000 });
  stop();
});

test.each([
  [{ traceparent: `00-${ids.traceId}-${ids.spanId}-01` }],
  [{ 'x-cloud-trace-context': `${ids.traceId}/${BigInt(`0x${ids.spanId}`)};o=1` }],
])('a trace is read from %j and sent on as W3C', (headers) => {
  const place = traceOf(headers);
  expect(place).toEqual({ ...ids, isSampled: true });
  const sent = { ...ids, isSampled: true };
  expect(traceparentOf(sent)).toBe(`00-${ids.traceId}-${ids.spanId}-01`);
  expect(traceparentOf({ ...sent, isSampled: false })).toMatch(/-00$/);
});

test.each([
  '',
  'none',
  '00-00-00-01',
  `ff-${ids.traceId}-${ids.spanId}-01`,
  `00-${ids.traceId}-${ids.spanId}`,
])('%j is no trace', (text) => expect(placeIn(text)).toBeUndefined());

test('ids are of the length asked for, and none comes twice', () => {
  const next = randomHex();
  const all = Array.from({ length: 2_000 }, () => next(8));
  expect(all.every((id) => /^[0-9a-f]{16}$/.test(id))).toBe(true);
  expect(new Set(all).size).toBe(2_000);
  expect(next(16)).toMatch(/^[0-9a-f]{32}$/);
});
