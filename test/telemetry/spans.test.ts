import { afterEach, expect, test } from '@jest/globals';
import {
  context,
  createNoopMeter,
  metrics,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  trace,
} from '@opentelemetry/api';
import { Problem } from '../../common/problem.ts';
import { registerProviders } from '../../common/telemetry/early.ts';
import {
  contextOf,
  formatTraceparent,
  parseTraceparent,
  traceIdFor,
} from '../../common/telemetry/propagation.ts';
import { randomHex } from '../../common/telemetry/random_hex.ts';
import { record } from '../../common/telemetry/record.ts';
import { currentSpanContext, inSpan, tracer } from '../../common/telemetry/spans.ts';
import { withTraceId } from '../../common/telemetry/tracer.ts';
import { parseTraceHeaders } from '../../common/trace.ts';
import { collectSpans, countingHex, stopCollecting } from './support/recorded.ts';

afterEach(stopCollecting);

const ids = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' };

test('a span that starts inside another is its child, also after a wait', async () => {
  const spans = collectSpans();
  await inSpan('outer', {}, async () => {
    await new Promise((resolve) => setImmediate(resolve));
    await inSpan('inner', {}, async () => {});
  });
  const [inner, outer] = spans;
  expect([inner?.name, outer?.name]).toEqual(['inner', 'outer']);
  expect(inner?.parentSpanContext).toEqual(outer?.spanContext());
  expect(outer?.parentSpanContext).toBeUndefined();
});

test('where nobody takes spans, work is done with one that records nothing', async () => {
  const result = await inSpan('alone', {}, async (span) => span.isRecording() || currentSpanContext());
  expect(result).toBeUndefined();
});

test('spans of any other library join the trace', async () => {
  const spans = collectSpans();
  await inSpan('ours', {}, async () => {
    const other = trace.getTracer('another library', '1.0');
    other.startActiveSpan('theirs', (span) => {
      span.addEvent('half way', { step: 1 }).updateName('their work');
      span.recordException(new Error('https://x.example/?sign=secret'));
      span.end();
    });
  });
  const [theirs, ours] = spans;
  expect(theirs).toMatchObject({
    name: 'their work',
    parentSpanContext: ours?.spanContext(),
    instrumentationScope: { name: 'another library', version: '1.0' },
    events: [
      { name: 'half way', attributes: { step: 1 } },
      { name: 'exception', attributes: { 'exception.type': 'Error' } },
    ],
  });
  expect(JSON.stringify(theirs)).not.toContain('secret');
});

test('an error marks its span with the code and not with the message', async () => {
  const spans = collectSpans();
  const work = async () => Promise.reject(new Problem('not_found', 'https://x.example/?sign=secret'));
  await expect(inSpan('x', {}, work)).rejects.toThrow(Problem);
  expect(spans).toMatchObject([
    { status: { code: 2, message: 'not_found' }, attributes: { 'error.type': 'not_found' } },
  ]);
  expect(JSON.stringify(spans)).not.toContain('secret');
});

test('attributes carry no key, signature or token', () => {
  const spans = collectSpans();
  const url =
    'https://x.example/a?key=secret1&X-Goog-Signature=secret2&url=http%3A%2F%2Fy%2F%3Fsign%3Dsecret3';
  const attributes = { url, header: 'Bearer secret4-secret4', none: undefined };
  tracer().startSpan('x', { attributes }).end();
  expect(JSON.stringify(spans)).not.toMatch(/secret\d/);
  expect(Object.keys(spans[0]?.attributes ?? {})).toEqual(['url', 'header']);
});

test.each([
  ['exported as its caller says, though none is here', '01', 0, 1],
  ['dropped as its caller says, though all are exported here', '00', 1, 0],
])('a trace is %s', async (_title, flags, ratio, exported) => {
  const spans = collectSpans(ratio);
  const parent = contextOf(parseTraceparent(`00-${ids.traceId}-${ids.spanId}-${flags}`));
  await inSpan('x', { parent, kind: SpanKind.SERVER }, () => inSpan('y', {}, async () => {}));
  expect(spans).toHaveLength(exported * 2);
});

test('the configured share of new traces is exported, always the same traces', () => {
  const exportedAt = (ratio: number) => {
    const spans = collectSpans(ratio);
    for (let n = 0; n < 2000; n += 1) {
      tracer()
        .startSpan('x', {}, withTraceId(ROOT_CONTEXT, traceIdFor(String(n))))
        .end();
    }
    return spans.map((span) => span.spanContext().traceId);
  };
  const exported = exportedAt(0.25);
  expect(exported.length / 2000).toBeCloseTo(0.25, 1);
  expect(exportedAt(0.25)).toEqual(exported);
  expect([exportedAt(0).length, exportedAt(1).length]).toEqual([0, 2000]);
});

test('without telemetry work still runs, outside of any trace', async () => {
  expect(await inSpan('x', {}, async () => [currentSpanContext(), 'done'])).toEqual([undefined, 'done']);
  expect(record('imagetx/retries', 1)).toBeUndefined();
});

/** Providers whose SDK comes later; `arrive` lets it come. */
function withoutSdk() {
  const seen: string[] = [];
  const instrument = (name: string) => ({
    add: () => void seen.push(name),
    record: () => void seen.push(name),
  });
  const meter = Object.assign(createNoopMeter(), { createCounter: instrument, createHistogram: instrument });
  const { exportTo } = registerProviders({ ratio: 1, hex: countingHex });
  const onEnd = ({ name }: { readonly name: string }) => void seen.push(name);
  return { seen, arrive: () => exportTo({ meterProvider: { getMeter: () => meter }, onEnd }) };
}

test('spans and measurements from before the SDK are passed on in order, also spans that end later', () => {
  const { seen, arrive } = withoutSdk();
  const late = tracer().startSpan('late');
  tracer().startSpan('early').end();
  record('imagetx/retries', 1);
  arrive();
  late.end();
  record('imagetx/failures', 1);
  expect(seen).toEqual(['imagetx/retries', 'early', 'late', 'imagetx/failures']);
});

test('without an SDK the numbers of kept spans and measurements are bounded', () => {
  const { seen, arrive } = withoutSdk();
  for (let n = 0; n < 20_000; n += 1) record('imagetx/retries', 1);
  for (let n = 0; n < 5_000; n += 1) tracer().startSpan('x').end();
  arrive();
  expect(seen.filter((name) => name === 'x')).toHaveLength(2_000);
  expect(seen.filter((name) => name === 'imagetx/retries')).toHaveLength(10_000);
});

test('the SDK reads gauges that were observed before it was loaded, also several at once', () => {
  const { exportTo } = registerProviders({ ratio: 1, hex: countingHex });
  const meter = metrics.getMeter('another library');
  const one = meter.createObservableGauge('one');
  const two = meter.createObservableGauge('two');
  one.addCallback((result) => result.observe(1));
  meter.addBatchObservableCallback((result) => result.observe(two, 2), [one, two]);
  const callbacks: ((result: unknown) => void)[] = [];
  const real = { addCallback: (callback: never) => callbacks.push(callback), removeCallback: () => {} };
  const add = {
    createObservableGauge: (name: string) => ({ ...real, name }),
    addBatchObservableCallback: real.addCallback,
  };
  const sdkMeter = Object.assign(createNoopMeter(), add);
  exportTo({ meterProvider: { getMeter: () => sdkMeter }, onEnd: () => {} });
  const seen: unknown[] = [];
  for (const callback of callbacks) callback({ observe: (...args: unknown[]) => seen.push(args) });
  expect(seen).toMatchObject([[1], [{ name: 'two' }, 2]]);
});

test.each([
  [{ traceparent: `00-${ids.traceId}-${ids.spanId}-01` }],
  [{ 'x-cloud-trace-context': `${ids.traceId}/${BigInt(`0x${ids.spanId}`)};o=1` }],
])('a trace is read from %j and sent on as W3C', (headers) => {
  collectSpans();
  expect(parseTraceHeaders(headers)).toEqual({ ...ids, traceFlags: 1, isRemote: true });
  const carrier: Record<string, string> = {};
  propagation.inject(propagation.extract(context.active(), headers), carrier);
  expect(carrier).toEqual({ traceparent: `00-${ids.traceId}-${ids.spanId}-01` });
  expect(formatTraceparent({ ...ids, traceFlags: 0 })).toMatch(/-00$/);
});

test.each([
  '',
  'none',
  '00-00-00-01',
  `ff-${ids.traceId}-${ids.spanId}-01`,
  `00-${ids.traceId}-${ids.spanId}`,
])('%j is no trace', (text) => expect(parseTraceparent(text)).toBeUndefined());

test('ids have the requested length and are unique', () => {
  const next = randomHex();
  const all = Array.from({ length: 2_000 }, () => next(8));
  expect(all.every((id) => /^[0-9a-f]{16}$/.test(id))).toBe(true);
  expect(new Set(all).size).toBe(2_000);
  expect(next(16)).toMatch(/^[0-9a-f]{32}$/);
});
