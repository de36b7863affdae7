import { createHash } from 'node:crypto';
import { afterAll, expect, test } from '@jest/globals';
import { Problem } from '../../common/problem.ts';
import { defaultLimits } from '../../engine/limits.ts';
import { seeded } from '../../local/kit/seeded.ts';
import { isolated, run } from './support/conversions.ts';
import { exr, flat } from './support/exr_by_hand.ts';
import { fixture, readable } from './support/fixtures.ts';
import { psd } from './support/psd_by_hand.ts';

afterAll(async () => await isolated.close());

const limits = { ...defaultLimits, MAX_INPUT_MEGAPIXELS: 1, CONVERSION_SECONDS: 60 };
const side = 512;

/** A bitmap whose pixels are all one byte. */
function poison(byte: number): Buffer {
  const head = Buffer.alloc(54);
  head.write('BM');
  head.writeUInt32LE(head.length + side * side * 3, 2);
  head.writeUInt32LE(54, 10);
  head.writeUInt32LE(40, 14);
  head.writeInt32LE(side, 18);
  head.writeInt32LE(side, 22);
  head.writeUInt16LE(1, 26);
  head.writeUInt16LE(24, 28);
  return Buffer.concat([head, Buffer.alloc(side * side * 3, byte)]);
}

const poisons = [0x11, 0xee].map(poison);

type Read = (input: Buffer) => Promise<Buffer>;
const converted: Read = async (input) =>
  (await run(input, { type: 'png' }, { limits, door: 'onthefly' })).data;

/** The result of reading a file: its pixels, or the code of the refusal. */
async function outcome(read: Read, input: Buffer): Promise<string> {
  try {
    return createHash('sha256')
      .update(await read(input))
      .digest('hex');
  } catch (error) {
    if (error instanceof Problem && error.status < 500) return error.code;
    throw error;
  }
}

/** The outcomes of each file, once after every poison. */
async function outcomes(read: Read, files: readonly Buffer[]): Promise<readonly string[][]> {
  const rows = files.map(() => [] as string[]);
  for (const bitmap of poisons) {
    await converted(bitmap);
    for (const [index, file] of files.entries()) rows[index]?.push(await outcome(read, file));
  }
  return rows;
}

/** Cut off, and damaged where it hurts least: in the pixels. */
function damaged(whole: Buffer, seed: number): readonly Buffer[] {
  const next = seeded(seed);
  const changed = Buffer.from(whole);
  for (let count = 0; count < 3; count += 1)
    changed[Math.floor(next() * changed.length)] = Math.floor(next() * 256);
  const cut = (share: number): Buffer => whole.subarray(0, Math.floor(whole.length * share));
  return [cut(0.5), cut(0.9), changed];
}

test.each(readable)('%s shows nothing of an earlier picture, whole, cut off or damaged', async (name) => {
  const whole = await fixture(name);
  for (const row of await outcomes(converted, [whole, ...damaged(whole, readable.indexOf(name))]))
    expect(new Set(row).size).toBe(1);
});

const planes = (names: string) =>
  exr(
    [...names].map((name) => flat(name, 0.2)),
    64,
    64,
  );
const sparse: Readonly<Record<string, Buffer>> = {
  'EXR of green alone': planes('G'),
  'EXR of opacity alone': planes('A'),
  'EXR of depth alone': planes('Z'),
  'PSD with a channel more than its colours': psd({ mode: 3, bits: 8, channels: [0.8, 0.4, 0.2, 0] }),
  'PSD of four inks': psd({ mode: 7, bits: 16, channels: [0.8, 0.4, 0.2, 0.1] }),
};

test.each(Object.entries(sparse))('%s shows nothing of an earlier picture', async (_, file) => {
  const [row] = await outcomes(converted, [file]);
  expect(new Set(row).size).toBe(1);
});

/** Coders that leave memory uninitialised; no other part of the engine clears it. */
const careless = [
  ['EXR', planes('G')],
  ['PSD', psd({ mode: 3, bits: 8, channels: [0.8, 0.4, 0.2, 0] })],
] as const;

test.each(careless)('memory is fresh for each job of the worker (%s)', async (coder, file) => {
  const details = { coder, page: 0, maxPixels: 1e6 };
  const read: Read = async (data) => (await isolated.run({ task: 'magick.read', details, data })).data;
  const [row] = await outcomes(read, [file]);
  expect(new Set(row).size).toBe(1);
});
