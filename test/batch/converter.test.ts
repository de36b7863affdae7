import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Job } from '../../convert_batch/job.ts';
import { jobFor } from './support/jobs.ts';
import { look, png } from './support/pictures.ts';
import { destination, openBatch, type Rig, records, source, withBatch } from './support/rig.ts';

/** An upload that no event tells of: tests send the jobs themselves. */
const quiet = { env: { EXCLUDE: '**' } };
const put = async (rig: Rig, data?: Buffer) => await rig.upload('logo.png', data ?? (await png()));
const generationOf = async (rig: Rig, name: string) =>
  (await rig.store.stat({ bucket: destination, name }))?.generation;

test('a repeated job answers ok and changes nothing', () =>
  withBatch(quiet, async (rig) => {
    const job = jobFor(await put(rig));
    expect(await rig.post(job)).toEqual({ status: 200, text: 'ok' });
    const written = await generationOf(rig, '1.jpg');
    expect(await rig.post(job)).toEqual({ status: 200, text: 'ok' });
    expect(await generationOf(rig, '1.jpg')).toBe(written);
    expect(rig.linesOf('converted')).toHaveLength(1);
    expect(rig.linesOf('unchanged')).toHaveLength(1);
  }));

test('concurrent copies of a job write the output once', () =>
  withBatch(quiet, async (rig) => {
    const job = jobFor(await put(rig));
    const answers = await Promise.all(Array.from({ length: 6 }, () => rig.post(job)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200]);
    expect(rig.linesOf('converted')).toHaveLength(1);
  }));

test('parameters and sizes reach the engine', () =>
  withBatch(quiet, async (rig) => {
    await rig.post(jobFor(await put(rig), { params: 'width=12', name: 's.webp', format: 'webp' }));
    expect(await look(await rig.output('s.webp'))).toMatchObject({ format: 'webp', width: 12, height: 8 });
  }));

test('a job in the form of the Go sample reads the current generation of the source', () =>
  withBatch(quiet, async (rig) => {
    const generation = await put(rig);
    expect(await rig.post({ format: 'jpg', source: 'logo.png', name: 'o.jpg' })).toMatchObject({
      status: 200,
    });
    const facts = await rig.store.stat({ bucket: destination, name: 'o.jpg' });
    expect(facts?.metadata['source-generation']).toBe(generation);
  }));

test('a job of an overwritten generation is acknowledged and leaves nothing', () =>
  withBatch(quiet, async (rig) => {
    const old = await put(rig);
    const now = await put(rig, await png(24, 16, 250));
    expect(await rig.post(jobFor(old))).toEqual({ status: 200, text: 'ok' });
    expect(await rig.names(destination)).toEqual([]);
    await rig.post(jobFor(now));
    expect((await look(await rig.output('1.jpg'))).red).toBeGreaterThan(240);
    expect(await rig.names(records)).toEqual([]);
  }));

test('of two sources with one output the newer wins in any order, and a warning is logged', () =>
  withBatch(quiet, async (rig) => {
    const older = await rig.upload('a.png', await png(24, 16, 0));
    const newer = await rig.upload('b.png', await png(24, 16, 250));
    const [first, second] = [jobFor(older, { source: 'a.png' }), jobFor(newer, { source: 'b.png' })];
    await rig.post(second);
    await rig.post(first);
    expect((await look(await rig.output('1.jpg'))).red).toBeGreaterThan(240);
    await rig.post({ ...first, name: '2.jpg' });
    await rig.post({ ...second, name: '2.jpg' });
    expect((await look(await rig.output('2.jpg'))).red).toBeGreaterThan(240);
    expect(rig.linesOf('contested')).toHaveLength(2);
  }));

test('a foreign object under a given name is replaced', () =>
  withBatch(quiet, async (rig) => {
    await rig.store.write({
      bucket: destination,
      name: '1.jpg',
      data: Buffer.from('x'),
      contentType: 'image/jpeg',
    });
    await rig.post(jobFor(await put(rig)));
    expect((await look(await rig.output('1.jpg'))).format).toBe('jpeg');
  }));

type Case = readonly [what: string, code: string, change: Partial<Job>, data?: Buffer];
const permanent: readonly Case[] = [
  ['a corrupt source', 'corrupt_image', {}, Buffer.from('\x89PNG\r\n\x1a\nbroken', 'latin1')],
  ['a source that is no image', 'unsupported_input', {}, Buffer.from('hello')],
  ['an unknown format', 'unsupported_output', { format: 'nope' }],
  ['a parameter that does not exist', 'invalid_param', { params: 'wdth=3' }],
  ['a parameter that cannot be', 'invalid_param', { params: 'width=abc' }],
  ['a fault that Fan found', 'invalid_param', { fault: 'name: expected better' }],
  ['a name of our records', 'invalid_param', { name: '_failed/1.jpg' }],
  ['another bucket', 'invalid_param', { bucket: 'secrets' }],
  ['a source that is gone', 'not_found', { source: 'gone.png' }],
  ['a source over the limit', 'too_large', {}, Buffer.alloc(10_001, 1)],
];

let shared: Rig;
beforeAll(async () => {
  shared = await openBatch({ env: { ...quiet.env, MAX_INPUT_BYTES: '10000' } });
});
afterAll(() => shared.close());

test.each(permanent)(
  '%s is acknowledged, told at ERROR and recorded as %s',
  async (what, code, change, ...[data]) => {
    const rig = shared;
    const output = change.name ?? `${what}.${change.format ?? 'jpg'}`;
    const job = jobFor(await put(rig, data), { ...change, name: output });
    expect(await rig.post(job)).toEqual({ status: 200, text: `recorded: ${code}` });
    const name = `_failed/${output}.json`;
    expect(await rig.record(name)).toMatchObject({
      output,
      code,
      reason: expect.stringMatching(/./),
      isTransient: false,
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      source: { bucket: source, name: job.source, generation: job.generation },
      retry: `imagetx retry gs://${records}/${name}`,
      job,
    });
    const told = rig.linesOf('dead_letter').filter((line) => line.output === output);
    expect(told).toMatchObject([{ severity: 'ERROR', code }]);
    expect(await rig.names(destination)).toEqual([]);
  },
);

test('a repeated failure leaves its record alone; a job queued by hand writes a new one', () =>
  withBatch(quiet, async (rig) => {
    const job = jobFor(await put(rig, Buffer.from('hello')));
    const record = { bucket: records, name: '_failed/1.jpg.json' };
    await rig.post(job);
    const first = (await rig.store.stat(record))?.generation;
    await rig.post(job);
    expect((await rig.store.stat(record))?.generation).toBe(first);
    await rig.post({ ...job, attempt: 1 });
    expect((await rig.store.stat(record))?.generation).not.toBe(first);
    expect(await rig.record(record.name)).toMatchObject({ job: { attempt: 1 } });
  }));

test('a later success removes the record, and a late failure of an older source writes none', () =>
  withBatch(quiet, async (rig) => {
    const bad = jobFor(await put(rig, Buffer.from('hello')));
    await rig.post(bad);
    const good = jobFor(await put(rig));
    await rig.post(good);
    expect(await rig.names(records)).toEqual([]);
    await rig.post({ ...bad, fault: 'too late' });
    expect(await rig.names(records)).toEqual([]);
    expect(await rig.names(destination)).toEqual(['1.jpg']);
  }));

test('a success leaves the record of a newer source alone', () =>
  withBatch(quiet, async (rig) => {
    const older = await rig.upload('a.png', await png());
    const newer = await rig.upload('b.png', Buffer.from('hello'));
    await rig.post(jobFor(newer, { source: 'b.png' }));
    await rig.post(jobFor(older, { source: 'a.png' }));
    expect(await rig.record('_failed/1.jpg.json')).toMatchObject({ source: { generation: newer } });
  }));

test('a temporary failure is answered 503, and recorded only from the last attempt on', () =>
  withBatch(quiet, async (rig) => {
    const job = jobFor(await put(rig));
    const fault = { path: 'b/imagetx-src/o/.*alt=media', status: 503, times: 1000 };
    rig.storage.faults.add(fault);
    const nth = (retries: number) => rig.post(job, { 'x-cloudtasks-taskretrycount': String(retries) });
    expect(await nth(6)).toMatchObject({ status: 503 });
    expect(await rig.names(records)).toEqual([]);
    expect(await nth(7)).toMatchObject({ status: 503 });
    expect(await rig.record('_failed/1.jpg.json')).toMatchObject({
      code: 'storage_unavailable',
      isTransient: true,
    });
    rig.storage.faults.clear();
    expect(await nth(8)).toEqual({ status: 200, text: 'ok' });
    expect(await rig.names(records)).toEqual([]);
  }));

test('a failure that cannot be recorded is tried again', () =>
  withBatch(quiet, async (rig) => {
    const job = jobFor(await put(rig, Buffer.from('hello')));
    rig.storage.faults.add({ method: 'POST', path: 'b/imagetx-records', status: 503, times: 3 });
    expect(await rig.post(job)).toMatchObject({ status: 503 });
    expect(await rig.post(job)).toMatchObject({ status: 200 });
    expect(await rig.names(records)).toEqual(['_failed/1.jpg.json']);
  }));

test('a missing destination bucket is tried again', () =>
  withBatch({ env: { ...quiet.env, DEST_BUCKET_NAME: 'imagetx-nowhere' } }, async (rig) => {
    expect(await rig.post(jobFor(await put(rig)))).toMatchObject({ status: 503 });
    expect(await rig.names(records)).toEqual([]);
  }));

test('a body that is not a job is acknowledged to the queue, and refused to other callers', () =>
  withBatch(quiet, async (rig) => {
    const job = { format: 'jpg' } as Job;
    expect(await rig.post(job)).toEqual({ status: 200, text: 'refused: missing_param' });
    expect(await rig.post(job, { 'x-cloudtasks-taskname': '' })).toMatchObject({ status: 400 });
    expect(rig.linesOf('refused')).toMatchObject([{ severity: 'ERROR' }, { severity: 'ERROR' }]);
  }));

test.each([
  ['GET', '/convert', 405],
  ['POST', '/', 404],
])('%s %s is %i', async (method, path, status) => {
  expect((await fetch(`${shared.converterUrl}${path}`, { method })).status).toBe(status);
});
