import { Problem } from '../../common/problem.ts';
import { shareOfMemory } from '../native/memory.ts';
import { plainReason } from '../native/plain_reason.ts';
import { sharp } from '../native/sharp.ts';
import type { Task } from './task.ts';

/** What an SVG is drawn at by its own measure. */
const naturalDensity = 72;

/** More than drawings need that are within the limits. */
const maxResidentBytes = shareOfMemory(1.2e9);
const lookMs = 50;

/** Ends this process when it grows too large: layers in layers may ask for any amount, and nothing interrupts librsvg. */
async function watched<T>(work: () => Promise<T>): Promise<T> {
  const watch = setInterval(() => {
    if (process.memoryUsage.rss() > maxResidentBytes) process.exit(1);
  }, lookMs);
  try {
    return await work();
  } catch (cause) {
    throw new Problem('corrupt_image', `Cannot decode image: ${plainReason(cause)}`);
  } finally {
    clearInterval(watch);
  }
}

/** The size of an SVG, which may only be known by laying it out. `facts`: scale. */
export const measure: Task = async ({ facts, data }) => {
  const density = naturalDensity * Number(facts.scale);
  const { width, height } = await watched(() => sharp(data, { density, limitInputPixels: false }).metadata());
  return { facts: { width, height }, data: Buffer.alloc(0) };
};

/** An SVG to PNG. `facts`: scale. */
export const draw: Task = async ({ facts, data }) => {
  const density = naturalDensity * Number(facts.scale);
  const image = sharp(data, { density, limitInputPixels: false }).png({ compressionLevel: 0 });
  return { facts: {}, data: await watched(() => image.toBuffer()) };
};
