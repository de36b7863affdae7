import type { Config } from '@neplex/vectorizer';
import { Problem } from '../../common/problem.ts';
import { shareOfMemory } from '../native/environment.ts';
import { plainReason } from '../native/plain_reason.ts';
import { sharp } from '../native/sharp.ts';
import type { CodecTask } from './task.ts';

/** The density at which librsvg draws an SVG in its natural size. */
const naturalDensity = 72;

/** More memory than any drawing within the limits needs. */
const maxResidentBytes = shareOfMemory(1.2e9);
const checkEveryMs = 50;

/** Exits when this process grows too large: nested layers can ask for any amount, and librsvg cannot be interrupted. */
async function limitMemory<T>(work: () => Promise<T>): Promise<T> {
  const watch = setInterval(() => {
    if (process.memoryUsage.rss() > maxResidentBytes) process.exit(1);
  }, checkEveryMs);
  try {
    return await work();
  } catch (cause) {
    throw new Problem('corrupt_image', `Cannot decode image: ${plainReason(cause)}`);
  } finally {
    clearInterval(watch);
  }
}

/** The size of an SVG, which sometimes only the renderer can tell. `details`: scale. */
export const measure: CodecTask = async ({ details, data }) => {
  const density = naturalDensity * Number(details.scale);
  const { width, height } = await limitMemory(() =>
    sharp(data, { density, limitInputPixels: false }).metadata(),
  );
  return { details: { width, height }, data: Buffer.alloc(0) };
};

/** Draws an SVG as PNG. `details`: scale. */
export const draw: CodecTask = async ({ details, data }) => {
  const density = naturalDensity * Number(details.scale);
  const image = sharp(data, { density, limitInputPixels: false }).png({ compressionLevel: 0 });
  return { details: {}, data: await limitMemory(() => image.toBuffer()) };
};

/** Traces raw RGBA as SVG. `details`: width, height, config. */
export const trace: CodecTask = async ({ details, data }) => {
  // Optional package: loaded by the only task that needs it.
  const { vectorizeRaw } = await import('@neplex/vectorizer');
  const size = { width: Number(details.width), height: Number(details.height) };
  return { details: {}, data: Buffer.from(await vectorizeRaw(data, size, details.config as Config)) };
};
