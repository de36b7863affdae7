import { afterAll, expect, test } from '@jest/globals';
import { Problem } from '../../common/problem.ts';
import { defaultLimits } from '../../engine/limits.ts';
import { seeded } from '../../local/seeded.ts';
import { isolated, run } from './support/conversions.ts';
import { fixture, readable } from './support/fixtures.ts';

afterAll(async () => await isolated.close());

const each = 40;
/** Damage where it hurts: most of a file's structure is at its start. */
const headBytes = 96;
const limits = { ...defaultLimits, MAX_INPUT_MEGAPIXELS: 4, CONVERSION_SECONDS: 10 };

type Damage = (bytes: Buffer, next: () => number) => Buffer;
const place = (bytes: Buffer, next: () => number): number =>
  Math.floor(next() * (next() < 0.5 ? Math.min(headBytes, bytes.length) : bytes.length));

/** Ways to damage a file. */
const damages: readonly Damage[] = [
  (bytes, next) => {
    bytes[place(bytes, next)] = Math.floor(next() * 256);
    return bytes;
  },
  (bytes, next) => {
    const at = place(bytes, next);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << Math.floor(next() * 8));
    return bytes;
  },
  (bytes, next) => bytes.subarray(0, place(bytes, next)),
  (bytes, next) => {
    const at = place(bytes, next);
    return bytes.fill(next() < 0.5 ? 0xff : 0, at, Math.min(at + 4, bytes.length));
  },
  (bytes, next) => {
    const at = place(bytes, next);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(Math.floor(next() * bytes.length))]);
  },
];

function damaged(original: Buffer, next: () => number): Buffer {
  let bytes = Buffer.from(original);
  for (let count = 1 + Math.floor(next() * 3); count > 0 && bytes.length > 0; count -= 1) {
    const damage = damages[Math.floor(next() * damages.length)];
    if (damage) bytes = Buffer.from(damage(bytes, next));
  }
  return bytes;
}

/** How a conversion ended: a picture, or the code of the problem. Anything else is a defect. */
async function outcome(input: Buffer): Promise<string> {
  try {
    await run(input, { type: 'webp' }, { limits });
    return 'picture';
  } catch (error) {
    if (error instanceof Problem && error.status >= 400 && error.status < 500) return error.code;
    throw error;
  }
}

test.each(readable)(
  'damaged files of %s give a picture or a clear refusal, and cost nothing else',
  async (name) => {
    const original = await fixture(name);
    const next = seeded(readable.indexOf(name) + 1);
    const outcomes: string[] = [];
    for (let count = 0; count < each; count += 1) outcomes.push(await outcome(damaged(original, next)));
    expect(outcomes).toHaveLength(each);
    expect(outcomes.filter((one) => one === 'conversion_timeout')).toEqual([]);
    expect(await outcome(original)).toBe('picture');
  },
);

test('many pictures later the worker has not grown beyond bounds', async () => {
  const input = await fixture('jxl');
  const sizes: number[] = [];
  for (let count = 0; count < 120; count += 1) {
    const facts = { coder: 'JXL', page: 0, maxPixels: 1e6 };
    const { facts: made } = await isolated.run({ task: 'magick.read', facts, data: input });
    sizes.push(Number(made.residentBytes));
  }
  const [early = 0, late = 0] = [sizes[20], sizes.at(-1)];
  expect(late - early).toBeLessThan(30e6);
});
