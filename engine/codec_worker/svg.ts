import type { Config } from '@neplex/vectorizer';
import { Problem } from '../../common/problem.ts';
import { shareOfMemory } from '../native/environment.ts';
import { plainReason } from '../native/plain_reason.ts';
import { sharp } from '../native/sharp.ts';
import type { Message } from './message.ts';
import type { CodecTask } from './task.ts';

/** The density at which librsvg draws an SVG in its natural size. */
const naturalDensity = 72;

export const densityFor = ({ scale }: Message['details']): number => naturalDensity * Number(scale);

/** More memory than any drawing within the limits needs. */
const maxResidentBytes = shareOfMemory(1.2e9);
const checkEveryMs = 50;

/** Exits when this process grows too large: nested layers can ask for any amount, and librsvg cannot be interrupted. */
export async function limitMemory<T>(work: () => Promise<T>): Promise<T> {
  const watch = setInterval(() => {
    if (process.memoryUsage.rss() > maxResidentBytes) process.exit(1);
  }, checkEveryMs);
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof Problem) throw cause;
    throw new Problem('corrupt_image', `Cannot decode image: ${plainReason(cause)}`);
  } finally {
    clearInterval(watch);
  }
}

/** The size of an SVG, which sometimes only the renderer can tell. `details`: scale. */
export const measure: CodecTask = async ({ details, data }) => {
  const density = densityFor(details);
  const { width, height } = await limitMemory(() =>
    sharp(data, { density, limitInputPixels: false }).metadata(),
  );
  return { details: { width, height }, data: Buffer.alloc(0) };
};

/** Draws an SVG as raw RGBA. `details`: scale; of the answer: width, height. */
export const draw: CodecTask = async ({ details, data }) => {
  const density = densityFor(details);
  const image = sharp(data, { density, limitInputPixels: false }).toColourspace('srgb').ensureAlpha();
  const drawn = await limitMemory(() => image.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true }));
  return { details: { width: drawn.info.width, height: drawn.info.height }, data: drawn.data };
};

/** Traces raw RGBA as SVG. `details`: width, height, config. */
export const trace: CodecTask = async ({ details, data }) => {
  // Optional package: loaded by the only task that needs it.
  const { vectorizeRaw } = await import('@neplex/vectorizer');
  const size = { width: Number(details.width), height: Number(details.height) };
  return { details: {}, data: Buffer.from(await vectorizeRaw(data, size, details.config as Config)) };
};
