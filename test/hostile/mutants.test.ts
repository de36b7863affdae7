import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pLimit from 'p-limit';
import { formatNamed } from '../../engine/formats/index.ts';
import { operations } from '../../engine/operations/index.ts';
import { seeded } from '../../local/kit/seeded.ts';
import { isolated } from '../formats/support/conversions.ts';
import { fixture, readable } from '../formats/support/fixtures.ts';
import { mutantOf } from '../formats/support/mutants.ts';
import { post, startTestService, type TestService } from '../inline/setup.ts';

/** Number of files, and seed of the random numbers: `MUTANTS=20000 SEED=7 npm test -- test/hostile/mutants`. */
const count = Number(process.env.MUTANTS ?? 2_000);
const seed = Number(process.env.SEED ?? 1);

let service: TestService;
beforeAll(async () => {
  service = await startTestService({
    MAX_INPUT_MEGAPIXELS: '2',
    MAX_OUTPUT_MEGAPIXELS: '2',
    CONVERSION_SECONDS: '30',
  });
});
afterAll(async () => {
  await service.close();
  await isolated.close();
});

const nextcloud = [
  { operation: 'autorotate' },
  { operation: 'fit', params: { width: 20, height: 20, norotation: true, stripmeta: true } },
];

/** Every operation with its first example, small, and the endpoints that are not operations. */
const endpoints: readonly string[] = [
  ...operations.map(({ name, examples }) => {
    const query = new URLSearchParams(examples[0]?.query.replaceAll(/[{}]/g, ''));
    for (const side of ['width', 'height']) if (query.has(side)) query.set(side, '20');
    return `/${name}?${query}`;
  }),
  `/pipeline?operations=${encodeURIComponent(JSON.stringify(nextcloud))}`,
  '/resize?width=20&type=jpeg&stripmeta=true&keepcopyright=true',
];

/** Internal words of the codecs, which clients do not understand. */
const internals = /vips|magick|@ error|\[object|disposed|\/tmp\//i;

/** `ok`, or the status and message of an unexpected answer. */
async function verdict(answer: Response): Promise<string> {
  const words = answer.ok ? (await answer.arrayBuffer()) && '' : await answer.text();
  return answer.status >= 500 || internals.test(words) ? `${answer.status} ${words}` : 'ok';
}

const raw = async (path: string, body: Buffer): Promise<string> =>
  await verdict(await fetch(`${service.url}${path}`, { method: 'POST', body: new Uint8Array(body) }));

const inline = async (data: Buffer): Promise<string> => {
  const parts = { name: 'mutant', format: 'webp', image: { data, name: 'a' } };
  return await verdict(await post(service.convertUrl, parts));
};

/** Formats that the service reads in its own process: a crash ends the service, so they get most of the files. */
const inProcess = readable.filter((name) => formatNamed(name)?.engine !== 'magick' && name !== 'pdf');
const share = 0.85;

const countFor = (name: string): number =>
  inProcess.includes(name)
    ? Math.ceil((count * share) / inProcess.length)
    : Math.ceil((count * (1 - share)) / (readable.length - inProcess.length));

/** Fewer than may wait at the service, so that none is refused for the others. */
const onTheirWay = 4;

/** One file in ten goes to the inline door. */
const inlineShare = 10;

test.each(readable)(
  'no damaged %s gives an internal error, or internal words, at any endpoint',
  async (name) => {
    const original = await fixture(name);
    const next = seeded(seed * 1000 + readable.indexOf(name));
    const wrong: unknown[] = [];
    const limit = pLimit(onTheirWay);
    const send = async (mutant: Buffer, at: number): Promise<void> => {
      const path = endpoints[(at + readable.indexOf(name)) % endpoints.length] ?? '/info';
      const verdicts: readonly (readonly [string, string])[] = [
        ['/info', await raw('/info', mutant)],
        at % inlineShare === 0 ? ['inline', await inline(mutant)] : [path, await raw(path, mutant)],
      ];
      for (const [where, said] of verdicts)
        if (said !== 'ok') wrong.push([where, said, mutant.toString('base64').slice(0, 2000)]);
    };
    const mutants = Array.from({ length: countFor(name) }, () => mutantOf(original, next));
    await Promise.all(mutants.map((mutant, at) => limit(send, mutant, at)));
    expect(wrong).toEqual([]);
    expect(
      (await fetch(`${service.url}/info`, { method: 'POST', body: new Uint8Array(original) })).status,
    ).toBe(200);
  },
);
