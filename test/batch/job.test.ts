import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Job, jobBody, jobId, outputsOf, parseCarried, parseJob } from '../../convert_batch/job.ts';
import { failureName, manifestName } from '../../convert_batch/record.ts';

const job: Job = {
  format: 'jpg',
  source: 'a/logo.png',
  name: '1.jpg',
  bucket: 'src',
  generation: '1700000000000001',
  params: 'width=3',
  outputs: '["1.jpg","1.webp"]',
  fault: '',
  attempt: 0,
  traceparent: '',
};

test('the body of a task begins like those of the Go sample', () => {
  expect(jobBody({ ...job, params: '', outputs: '[]' })).toBe(
    'format=jpg&source=a%2Flogo.png&name=1.jpg&bucket=src&generation=1700000000000001',
  );
});

test('a task of the Go sample is read', () => {
  expect(parseJob('format=jpg&source=logo.png&name=1.jpg')).toMatchObject({
    format: 'jpg',
    source: 'logo.png',
    name: '1.jpg',
    bucket: '',
    generation: '',
    attempt: 0,
  });
});

test('every job survives the round trip through its body', () => {
  const text = fc.string({ unit: 'grapheme', minLength: 1 });
  const any = fc.record({
    format: text,
    source: text,
    name: text,
    bucket: text,
    generation: fc.bigInt({ min: 0n, max: 10n ** 19n - 1n }).map(String),
    params: text,
    outputs: text,
    fault: text,
    attempt: fc.nat(),
    traceparent: text,
  });
  fc.assert(fc.property(any, (one) => expect(parseJob(jobBody(one))).toEqual(one)));
});

test.each([
  ['format=jpg&source=a', /name: expected/],
  ['', /format: expected/],
  ['format=jpg&source=a&name=b&generation=x', /generation: expected a generation/],
  ['format=jpg&source=a&name=b&attempt=-1', /attempt: expected/],
])('%j is not a job', (body, message) => {
  expect(() => parseJob(body)).toThrow(message);
});

const others: readonly [what: string, change: Partial<Job>][] = [
  ['bucket', { bucket: 'other' }],
  ['source', { source: 'b/logo.png' }],
  ['generation', { generation: '1700000000000002' }],
  ['output', { name: '2.jpg' }],
  ['format', { format: 'jpeg' }],
  ['options', { params: 'width=4' }],
  ['attempt', { attempt: 1 }],
];

test.each(others)('another %s is another task', (_, change) => {
  expect(jobId({ ...job, ...change })).not.toBe(jobId(job));
});

test('a repeated event is the same task, whatever its trace', () => {
  expect(jobId({ ...job, traceparent: '00-1', outputs: '[]' })).toBe(jobId(job));
  expect(jobId(job)).toMatch(/^[0-9a-f]{64}$/);
});

test.each([
  ['["1.jpg","1.webp"]', ['1.jpg', '1.webp']],
  ['["1.webp"]', ['1.webp', '1.jpg']],
  ['[1]', ['1.jpg']],
  ['{', ['1.jpg']],
  ['{}', ['1.jpg']],
])('of outputs %j this job sees %j', (outputs, names) => {
  expect(outputsOf({ ...job, outputs })).toEqual(names);
});

test('of what a task carries over, only headers and metadata are read', () => {
  const headers = { cacheControl: 'no-cache', contentDisposition: 'inline', contentLanguage: 'de' };
  const foreign = { bucket: 'secrets', name: 'x', data: 'x', contentType: 'text/html', origin: {} };
  const carry = JSON.stringify({ ...headers, ...foreign, metadata: { alt: 'A cat' } });
  expect(parseCarried({ carry })).toEqual({ ...headers, metadata: { alt: 'A cat' } });
});

test.each(['{', 'null', '{"metadata":1}', '{"metadata":{"a":{}}}', '{"cacheControl":5}'])(
  'a task that carries over %s is refused',
  (carry) => {
    expect(() => parseCarried({ carry })).toThrow('carry: expected headers and metadata as JSON, got "');
  },
);

test('records have names that objects can have, whatever the output’s', () => {
  expect(failureName('a/1.jpg')).toBe('_failed/a/1.jpg.json');
  expect(manifestName('a/logo.png')).toBe('_manifest/a/logo.png.json');
  for (const bad of ['a\nb', 'x'.repeat(2000), '\ud800', '../../x.jpg', 'a/./b']) {
    expect(failureName(bad)).toMatch(/^_failed\/[0-9a-f]{64}\.json$/);
  }
});
