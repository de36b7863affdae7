import { expect, test } from '@jest/globals';
import { createLog, discard, type LogFields } from '../../common/log/log.ts';
import { Problem } from '../../common/problem.ts';
import { parseTraceHeaders, traceFields } from '../../common/trace.ts';

/** The line that one call writes. */
function written(facts: LogFields, message = 'done', level: 'info' | 'warn' | 'error' = 'info') {
  let text = '';
  createLog({ destination: { write: (line) => (text += line) } })[level](facts, message);
  return { text, line: JSON.parse(text) };
}

test.each([
  ['info', 'INFO'],
  ['warn', 'WARNING'],
  ['error', 'ERROR'],
] as const)('%s is written with severity %s, a message and a time', (level, severity) => {
  const { line, text } = written({ event: 'converted' }, 'done', level);
  expect(line).toEqual({
    severity,
    time: expect.stringMatching(/^\d{4}-.*Z$/),
    event: 'converted',
    message: 'done',
  });
  expect(text.endsWith('}\n')).toBe(true);
});

test('below the level of the log, a call writes nothing and can be known by that', () => {
  const log = createLog({ level: 'error' });
  expect([log.debug, log.info, log.warn, log.error].map((write) => write === discard)).toEqual([
    true,
    true,
    true,
    false,
  ]);
});

const secret = 'c0ffee-secret-c0ffee';

test.each([
  { key: secret },
  { headers: { authorization: `Bearer ${secret}` } },
  { token: secret },
  { note: `sent with Bearer ${secret}` },
  { url: `https://x/resize?width=3&key=${secret}&a=1` },
  { httpRequest: { requestUrl: `/resize?sign=${secret}` } },
  { url: `https://storage.googleapis.com/b/o?X-Goog-Signature=${secret}&X-Goog-Credential=${secret}` },
  { url: `https://cdn.example/x?Expires=1&KeyName=k&Signature=${secret}` },
  { error: new Error(`GET /x?token=${secret} failed`) },
  { url: `/resize?url=https%3A%2F%2Fuser%3A${secret}%40pictures.example%2Fa.jpg` },
  { url: `https://user:${secret}@pictures.example/a.jpg` },
  { error: new Problem('internal', 'x', { cause: new Error(`/?api_key=${secret}`) }) },
])('no secret is written, in any field: %#', (facts) => {
  const { text } = written(facts);
  expect(text).not.toContain(secret);
  expect(text).toContain('hidden');
});

const long = '\u0001'.repeat(300_000);

test.each([
  ['a text', { a: long }],
  ['a name', { [long]: 1 }],
  ['a list', { a: Array.from({ length: 1_000 }, () => long) }],
  ['many texts', Object.fromEntries(Array.from({ length: 90 }, (_, at) => [`a${at}`, long]))],
  ['causes of an error', { error: new Error(long, { cause: new Error(long) }) }],
])('Cloud Logging accepts a line with endless %s', (_what, facts) => {
  const { text, line } = written({ event: 'converted', ...facts }, long);
  expect(Buffer.byteLength(text)).toBeLessThan(256 * 1024);
  expect(line).toMatchObject({ severity: 'INFO', event: 'converted' });
});

test('fields that contain each other are written', () => {
  const facts: Record<string, unknown> = { name: 'a' };
  facts.self = facts;
  expect(written({ facts }).line).toMatchObject({ facts: { name: 'a', self: { name: 'a' } } });
});

test('text without secrets is written unchanged', () => {
  const facts = { name: 'monkey=1', url: '/resize?width=3&monkey=5&design=x' };
  expect(written(facts).line).toMatchObject(facts);
});

test('an error is written with its causes, a Problem with its code', () => {
  const error = new Problem('storage_unavailable', 'down', { cause: new Error('ECONNRESET') });
  expect(written({ error }).line.error).toMatchObject({
    code: 'storage_unavailable',
    message: 'down',
    cause: { name: 'Error', message: 'ECONNRESET' },
  });
});

const traceId = '0af7651916cd43dd8448eb211c80319c';

test.each([
  [
    'traceparent',
    `00-${traceId}-b7ad6b7169203331-01`,
    { traceId, spanId: 'b7ad6b7169203331', traceFlags: 1 },
  ],
  [
    'traceparent',
    `00-${traceId}-b7ad6b7169203331-00`,
    { traceId, spanId: 'b7ad6b7169203331', traceFlags: 0 },
  ],
  ['x-cloud-trace-context', `${traceId}/255;o=1`, { traceId, spanId: '00000000000000ff', traceFlags: 1 }],
  ['x-cloud-trace-context', traceId, { traceId, spanId: '0000000000000000', traceFlags: 0 }],
  ['traceparent', 'garbage', undefined],
  ['traceparent', '', undefined],
])('%s: %s is read', (name, value, trace) => {
  expect(parseTraceHeaders({ [name]: value })).toEqual(trace && { ...trace, isRemote: true });
});

test('a line names its trace in the form of Cloud Logging', () => {
  expect(traceFields({ traceId, spanId: 'b7ad6b7169203331', traceFlags: 1 }, 'p')).toEqual({
    'logging.googleapis.com/trace': `projects/p/traces/${traceId}`,
    'logging.googleapis.com/spanId': 'b7ad6b7169203331',
    'logging.googleapis.com/trace_sampled': true,
  });
  expect(traceFields({ traceId, spanId: 'b7ad6b7169203331', traceFlags: 1 }, undefined)).toEqual({});
});
