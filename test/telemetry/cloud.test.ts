import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { developmentCertificates } from '../../certs/make.ts';
import { type MetricName, metrics, typePrefix } from '../../common/telemetry/instruments.ts';
import { png } from '../batch/support/pictures.ts';
import { form } from '../inline/setup.ts';
import { type Series, startGoogle } from './support/google.ts';
import { type Pipeline, withPipeline } from './support/pipeline.ts';

const bytesType = 'custom.googleapis.com/opencensus/mBytes/bytes';
const bounds = [
  1024, 2048, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864, 268435456, 1073741824,
  4294967296,
];

type Google = Awaited<ReturnType<typeof startGoogle>>;

/** The services as on Google Cloud, with recorders in Google's place. */
async function withGoogle(work: (google: Google, pipeline: Pipeline) => Promise<void>): Promise<void> {
  let google: Google | undefined;
  const options = async (dir: string) => {
    const { caFile, cert, key } = await developmentCertificates(join(dir, 'certs'));
    google = await startGoogle({ cert, key });
    // HOME: the test must not use the developer's credentials.
    return { env: { ...google.environment, NODE_EXTRA_CA_CERTS: caFile, HOME: dir } };
  };
  try {
    await withPipeline(options, async (pipeline) => google && (await work(google, pipeline)));
  } finally {
    await google?.close();
  }
}

const bucketsOf = (sizes: readonly number[]): readonly number[] =>
  [...bounds, Number.POSITIVE_INFINITY].map(
    (top, at) => sizes.filter((size) => size <= top && size > (bounds[at - 1] ?? 0)).length,
  );

/** A distribution over all processes, as the heat map adds them up. */
function addedUp(all: readonly Series[]) {
  const values = all.flatMap(({ points }) => points.flatMap(({ value }) => value.distributionValue ?? []));
  const countsAt = (at: number) =>
    values.reduce((sum, { bucketCounts }) => sum + Number(bucketCounts[at]), 0);
  return {
    count: values.reduce((sum, { count }) => sum + Number(count), 0),
    bytes: Math.round(values.reduce((sum, { count, mean }) => sum + Number(count) * mean, 0)),
    buckets: Array.from({ length: bounds.length + 1 }, (_, at) => countsAt(at)),
  };
}

test('Cloud Monitoring gets every byte by file type, once, and Cloud Trace gets every span', () =>
  withGoogle(async (google, pipeline) => {
    await pipeline.upload('a.png', await png(640, 480), { name: 'a', formats: 'jpg,webp,tiff' });
    await pipeline.upload('b.png', await png(9, 9), { name: 'b', formats: 'jpg' });
    const image = { data: await png(50, 50), name: 'c.png' };
    const body = form({ name: 'c', format: 'jpg', image });
    await fetch(`${pipeline.urls.inline}/convert`, { method: 'POST', body });
    await pipeline.idle();
    await pipeline.ended();

    const outputs = await pipeline.outputs();
    expect(Object.keys(outputs).sort()).toEqual(['a.jpg', 'a.tiff', 'a.webp', 'b.jpg', 'c.jpg']);
    const all = [...google.newest.values()];
    const written = all.filter(({ metric }) => metric.type === bytesType);
    for (const filetype of ['jpg', 'tiff', 'webp']) {
      const sizes = Object.entries(outputs).flatMap(([name, size]) =>
        name.endsWith(filetype) ? [size] : [],
      );
      const told = addedUp(written.filter(({ metric }) => metric.labels.filetype === filetype));
      const bytes = sizes.reduce((sum, size) => sum + size, 0);
      expect(told).toEqual({ count: sizes.length, bytes, buckets: bucketsOf(sizes) });
    }
    expect(new Set(written.map(({ metric }) => metric.labels.filetype))).toEqual(
      new Set(['jpg', 'tiff', 'webp']),
    );
    for (const { resource, metricKind, valueType, points } of written) {
      expect({ metricKind, valueType }).toEqual({ metricKind: 'CUMULATIVE', valueType: 'DISTRIBUTION' });
      expect(points[0]?.value.distributionValue?.bucketOptions.explicitBuckets.bounds).toEqual(bounds);
      expect(resource).toMatchObject({
        type: 'generic_task',
        labels: {
          location: 'us-central1',
          namespace: 'imagetx',
          task_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        },
      });
    }
    expect(new Set(written.map(({ resource }) => resource.labels.job))).toEqual(
      new Set(['imagetx', 'imagebatch']),
    );
    expect(google.descriptors.get(bytesType)).toMatchObject({
      unit: 'By',
      metricKind: 'CUMULATIVE',
      valueType: 'DISTRIBUTION',
      labels: [{ key: 'filetype' }],
    });
    for (const [type, { unit, labels }] of google.descriptors) {
      const metric = metrics[type.replace(`${typePrefix}/`, '') as MetricName];
      expect({ unit, labels: labels.map(({ key }) => key) }).toEqual({
        unit: metric.unit,
        labels: metric.labels,
      });
    }
    const sumOf = (type: string) =>
      all
        .filter(({ metric }) => metric.type === `custom.googleapis.com/opencensus/imagetx/${type}`)
        .reduce((sum, { points }) => sum + Number(points[0]?.value.int64Value), 0);
    expect(sumOf('bytes_out')).toBe(Object.values(outputs).reduce((sum, size) => sum + size, 0));
    expect(google.refusals).toEqual([]);
    expect(google.strangers).toEqual([]);

    const spans = Buffer.concat(google.traces.map(({ body: bytes }) => bytes));
    for (const name of ['Fan', 'enqueue', 'task', 'read', 'convert', 'write', 'POST /convert', 'local-dev']) {
      expect(spans.includes(name)).toBe(true);
    }
    expect(new Set(google.traces.map(({ type }) => type))).toEqual(new Set(['application/x-protobuf']));
  }));
