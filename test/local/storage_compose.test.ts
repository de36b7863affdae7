import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { crc32cOf } from '../../common/crc32c.ts';
import { testStorage } from '../support/storage.ts';

let storage: Awaited<ReturnType<typeof testStorage>>;
beforeAll(async () => {
  storage = await testStorage();
});
afterAll(() => storage.close());

async function parts(prefix: string, count: number): Promise<readonly Buffer[]> {
  const data = Array.from({ length: count }, (_, at) => randomBytes(1000 + at));
  await Promise.all(
    data.map((bytes, at) => storage.bucket.file(`${prefix}/${at}`).save(bytes, { resumable: false })),
  );
  return data;
}

async function compose(name: string, body: unknown, query = ''): Promise<{ status: number; body: never }> {
  const { url } = storage.server;
  const path = `/storage/v1/b/${storage.bucket.name}/o/${encodeURIComponent(name)}/compose${query}`;
  const answer = await fetch(`${url}${path}`, { method: 'POST', body: JSON.stringify(body) });
  return { status: answer.status, body: (await answer.json()) as never };
}
const named = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, at) => ({ name: `${prefix}/${at}` }));

test('the client library composes objects in their order, and reads the result', async () => {
  const data = await parts('lib', 3);
  const target = storage.bucket.file('lib/whole.png');
  await storage.bucket.combine(['lib/0', 'lib/1', 'lib/2'], target);
  expect((await target.download())[0].equals(Buffer.concat(data))).toBe(true);
  const [metadata] = await target.getMetadata();
  expect(metadata).toMatchObject({
    contentType: 'image/png',
    componentCount: 3,
    crc32c: await crc32cOf(Buffer.concat(data)),
    size: String(Buffer.concat(data).length),
  });
  expect(metadata.md5Hash).toBeUndefined();
});

test('a composed object may be composed again, onto itself too, and its copy stays one', async () => {
  const [first, second] = await parts('grow', 2);
  const whole = { sourceObjects: named('grow', 2), destination: { contentType: 'image/png' } };
  expect(await compose('grow/0', whole)).toMatchObject({ status: 200, body: { componentCount: 2 } });
  expect(await compose('grow/0', whole)).toMatchObject({ status: 200, body: { componentCount: 3 } });
  const [bytes] = await storage.bucket.file('grow/0').download();
  expect(bytes.equals(Buffer.concat([first as Buffer, second as Buffer, second as Buffer]))).toBe(true);
  const [copy] = await storage.bucket.file('grow/0').copy(storage.bucket.file('grow/copy'));
  const [metadata] = await copy.getMetadata();
  expect([metadata.componentCount, metadata.md5Hash]).toEqual([3, undefined]);
});

test('the attributes of the destination are kept: type, encoding, metadata', async () => {
  await parts('kept', 1);
  const destination = { contentType: 'image/webp', cacheControl: 'no-store', metadata: { formats: 'jpg' } };
  expect(await compose('kept/x', { sourceObjects: named('kept', 1), destination })).toMatchObject({
    status: 200,
    body: { kind: 'storage#object', ...destination },
  });
});

test('1 to 32 objects are composed, no other number', async () => {
  await parts('many', 33);
  const statuses = await Promise.all(
    [0, 1, 32, 33].map(
      async (count) => (await compose(`many/of-${count}`, { sourceObjects: named('many', count) })).status,
    ),
  );
  expect(statuses).toEqual([400, 200, 200, 400]);
});

test('a missing source is 404, another generation of one 404 or 412, a precondition that fails 412', async () => {
  await parts('pre', 2);
  const [{ generation }] = await storage.bucket.file('pre/0').getMetadata();
  const with0 = (more: object) => ({ sourceObjects: [{ name: 'pre/0', ...more }, { name: 'pre/1' }] });
  const statuses = [
    await compose('pre/x', { sourceObjects: [{ name: 'pre/none' }] }),
    await compose('pre/x', with0({ generation: '1' })),
    await compose('pre/x', with0({ objectPreconditions: { ifGenerationMatch: '1' } })),
    await compose('pre/x', with0({}), '?ifGenerationMatch=7'),
    await compose('pre/x', with0({ generation, objectPreconditions: { ifGenerationMatch: generation } })),
    await compose('pre/x', with0({}), '?ifGenerationMatch=0'),
  ].map(({ status }) => status);
  expect(statuses).toEqual([404, 404, 412, 412, 200, 412]);
});
