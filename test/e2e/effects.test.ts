import { beforeAll, expect, test } from '@jest/globals';
import { conversionFor } from '../../convert_batch/conversion.ts';
import { convert } from '../../engine/convert.ts';
import { effects, isEffect } from '../../engine/effects/index.ts';
import { defaultLimits } from '../../engine/limits.ts';
import { params } from '../../engine/params.ts';
import { decoded, difference, drawn, open } from '../engine/support/pictures.ts';
import { codecs } from '../engine/support/run.ts';
import { post as postForm, startTestService, type TestService } from '../inline/setup.ts';
import { closeAtEnd, post, type Server, startServer } from '../onthefly/setup.ts';

let server: Server;
let service: TestService;
let picture: Buffer;
beforeAll(async () => {
  server = await startServer();
  service = closeAtEnd(await startTestService());
  const colours = drawn(60, 40, (x, y) =>
    (x * y) % 29 === 5 ? [250, 240, 200] : x < 8 || y < 6 ? [9, 9, 9] : [3 * x, 5 * y, 120],
  );
  const hole = drawn(60, 40, (x) => (x > 50 ? [0, 0, 0] : [255, 255, 255]));
  const opacity = await open(hole).extractChannel(0).raw().toBuffer();
  const raw = { width: 60, height: 40, channels: 1 } as const;
  picture = await open(colours).joinChannel(opacity, { raw }).png().toBuffer();
});

/** The parameters of every effect as its example has them, and those of sizes as theirs. */
const ofEffects = Object.entries(effects).flatMap(([name, { fields, example }]) => {
  const own = [...new URLSearchParams(example?.query)].filter(([field]) => field in fields);
  return own.length > 0 ? [[name, `${new URLSearchParams(own)}`] as const] : [];
});
const sizeNames = ['fit', 'focus', 'minwidth', 'kernel', 'trim', 'dpr', 'withoutenlargement'] as const;
const box: Readonly<Partial<Record<(typeof sizeNames)[number], string>>> = {
  fit: 'width=20&height=20&',
  focus: 'width=20&height=20&fit=cover&',
  kernel: 'width=30&',
  dpr: 'width=15&',
  withoutenlargement: 'width=150&',
};
const ofSizes = sizeNames.map(
  (name) =>
    [
      name,
      `${box[name] ?? ''}${name}=${name === 'withoutenlargement' ? 'true' : params[name].example}`,
    ] as const,
);

const onTheFly = async (query: string) =>
  (await post(server.url, `/convert?type=png&${query}`, picture)).body;

async function inPipeline(query: string): Promise<Buffer> {
  const step = {
    operation: 'convert',
    params: { type: 'png', ...Object.fromEntries(new URLSearchParams(query)) },
  };
  return (
    await post(server.url, `/pipeline?operations=${encodeURIComponent(JSON.stringify([step]))}`, picture)
  ).body;
}

async function inForm(query: string, name: string): Promise<Buffer> {
  const fields = Object.fromEntries(new URLSearchParams(query));
  const answer = await postForm(service.convertUrl, {
    name,
    format: 'png',
    ...fields,
    image: { data: picture, name: 'a.png' },
  });
  expect([answer.status, await answer.text()]).toEqual([200, `https://cdn.example/${name}.png`]);
  return await service.store.read({ bucket: service.bucket, name: `${name}.png` });
}

/** By the metadata `params` of an object. */
async function inBatch(query: string): Promise<Buffer> {
  const conversion = conversionFor({ format: 'png', params: query, fault: '' });
  const options = {
    limits: defaultLimits,
    codecs,
    fetchImage: () => Promise.reject(new Error('nothing to fetch')),
  };
  return (await convert(picture, conversion, options)).data;
}

test.each([...ofEffects, ...ofSizes])('%s (%s) gives one picture at every door', async (name, query) => {
  const without = new URLSearchParams(query);
  for (const field of isEffect(name) ? Object.keys(effects[name].fields) : [name]) without.delete(field);
  const first = await decoded(await onTheFly(query));
  const others = [await inPipeline(query), await inForm(query, name), await inBatch(query)];
  for (const other of await Promise.all(others.map(decoded)))
    expect([other.width, other.height, difference(first, other)]).toEqual([first.width, first.height, 0]);
  expect(difference(first, await decoded(await onTheFly(`${without}`)))).toBeGreaterThan(0.1);
});
