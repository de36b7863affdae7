import type { Config } from '@neplex/vectorizer';
import type { Task } from './task.ts';

// Not imported: the bundle would then need it for every task.
const { vectorizeRaw } = await import('@neplex/vectorizer');

/** Raw RGBA to SVG. `facts`: width, height, config. */
export const trace: Task = async ({ facts, data }) => {
  const size = { width: Number(facts.width), height: Number(facts.height) };
  return { facts: {}, data: Buffer.from(await vectorizeRaw(data, size, facts.config as Config)) };
};
