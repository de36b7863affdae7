import { Problem } from '../../common/problem.ts';
import { sharp } from '../sharp.ts';
import type { Task } from './task.ts';

/** What an SVG is drawn at by its own measure. */
const naturalDensity = 72;

/** An SVG to PNG. `facts`: scale. */
export const draw: Task = async ({ facts, data }) => {
  const density = naturalDensity * Number(facts.scale);
  try {
    const image = sharp(data, { density, limitInputPixels: false });
    return { facts: {}, data: await image.png({ compressionLevel: 0 }).toBuffer() };
  } catch (cause) {
    throw new Problem('corrupt_image', `Cannot draw SVG: ${cause instanceof Error ? cause.message : cause}`);
  }
};
