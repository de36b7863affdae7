import { afterEach, expect, test } from '@jest/globals';
import { readConfig } from '../../common/fields/config.ts';
import { createExportInterval } from '../../common/telemetry/export_interval.ts';
import {
  type Labels,
  labelsOf,
  type MetricName,
  metrics,
  typePrefix,
} from '../../common/telemetry/instruments.ts';
import { recordJob } from '../../common/telemetry/job.ts';
import { chooseTarget, telemetryFields } from '../../common/telemetry/settings.ts';
import { collectPoints, stopCollecting } from './support/recorded.ts';
import { faultsOf } from './support/rules.ts';

afterEach(stopCollecting);

const names = Object.keys(metrics) as MetricName[];
const kinds = {
  counter: ['CUMULATIVE', 'INT64'],
  gauge: ['GAUGE', 'INT64'],
  histogram: ['CUMULATIVE', 'DISTRIBUTION'],
} as const;

test.each(names)('Cloud Monitoring accepts %s', (name) => {
  const { kind, unit, labels, doc } = metrics[name];
  const [metricKind, valueType] = kinds[kind];
  const descriptor = { type: `${typePrefix}/${name}`, unit, metricKind, valueType };
  expect(faultsOf({ ...descriptor, labels: labels.map((key) => ({ key })) })).toEqual([]);
  expect(doc).not.toBe('');
});

test('the rules refuse what Cloud Monitoring refuses', () => {
  const labels = [{ key: 'File-Type' }, { key: 'File-Type' }];
  const wrong = { type: 'bytes', unit: 'bytes', metricKind: 'DELTA', valueType: 'DISTRIBUTION', labels };
  expect(faultsOf(wrong)).toHaveLength(5);
});

test('the oldest metric keeps its name, unit, label and boundaries', () => {
  expect(typePrefix).toBe('custom.googleapis.com/opencensus');
  expect(metrics['mBytes/bytes']).toMatchObject({
    kind: 'histogram',
    unit: 'By',
    labels: ['filetype'],
    bounds: [
      1024, 2048, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864, 268435456, 1073741824,
      4294967296,
    ],
  });
});

const words = new Set(['jpg', 'jpeg', 'png']);

test.each<[string, Labels, Labels]>([
  [
    'known words stay',
    { input: 'png', output: 'jpg', door: 'batch' },
    { input: 'png', output: 'jpg', door: 'batch' },
  ],
  ['spellings stay apart', { output: 'jpeg' }, { output: 'jpeg' }],
  ['anything else is other', { output: '../x', door: 'back' }, { output: 'other', door: 'other' }],
  ['silence is none', {}, { input: 'none', output: 'none', door: 'none' }],
])('labels have closed sets: %s', (_title, given, expected) => {
  expect(labelsOf(metrics['imagetx/conversion_ms'], given, words)).toEqual({
    input: 'none',
    output: 'none',
    door: 'none',
    ...expected,
  });
});

function recorded(facts: Readonly<Record<string, unknown>>): readonly (readonly [string, number])[] {
  const points = collectPoints();
  recordJob(facts);
  return points.map(({ name, value }) => [name, value] as const);
}

test.each<[string, Readonly<Record<string, unknown>>, readonly (readonly [string, number])[]]>([
  [
    'a conversion',
    { event: 'converted', door: 'inline', filetype: 'jpg', input: 'png', bytes: 7, bytesIn: 9, convertMs: 3 },
    [
      ['mBytes/bytes', 7],
      ['imagetx/bytes_in', 9],
      ['imagetx/bytes_out', 7],
      ['imagetx/conversion_ms', 3],
    ],
  ],
  [
    'an attempt after others',
    { event: 'unchanged', retries: 2 },
    [
      ['imagetx/retries', 1],
      ['imagetx/saved', 1],
    ],
  ],
  ['a failure', { event: 'dead_letter', code: 'corrupt_image' }, [['imagetx/failures', 1]]],
  [
    'a failure after its picture was read',
    { code: 'corrupt_image', bytesIn: 5 },
    [
      ['imagetx/failures', 1],
      ['imagetx/bytes_in', 5],
    ],
  ],
  ['a shared conversion', { event: 'coalesced', bytes: 7, bytesIn: 9 }, [['imagetx/saved', 1]]],
  ['an answer the client had', { event: 'not_modified' }, [['imagetx/saved', 1]]],
  ['any other line', { event: 'listening' }, []],
])('the metrics of %s derive from its log line', (_title, facts, expected) => {
  expect(recorded(facts)).toEqual(expected);
});

const collector = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4318' };

test.each([
  ['none on a laptop', {}, 'none'],
  ['Cloud Monitoring on Cloud Run', { K_SERVICE: 'imagetx' }, 'cloud'],
  ['the collector that is named', collector, 'otlp'],
  [
    'Cloud Monitoring on Cloud Run, though traces have a collector',
    { K_SERVICE: 'x', ...collector },
    'cloud',
  ],
  ['what is said', { K_SERVICE: 'x', TELEMETRY: 'none' }, 'none'],
  ['the usual collector when only that is said', { TELEMETRY: 'otlp' }, 'otlp'],
])('telemetry goes to %s', (_title, env, target) => {
  const { K_SERVICE, ...rest } = { K_SERVICE: '', ...env };
  expect(chooseTarget({ ...readConfig(telemetryFields, rest), K_SERVICE })).toBe(target);
});

test('an export interval tells the time until the next export', () => {
  let nowMs = 0;
  const pace = createExportInterval({ now: () => nowMs, gapMs: 100 });
  expect(pace.remainingMs()).toBe(0);
  pace.begin();
  expect(pace.remainingMs()).toBe(100);
  nowMs = 60;
  expect(pace.remainingMs()).toBe(40);
  nowMs = 200;
  expect(pace.remainingMs()).toBe(0);
});
