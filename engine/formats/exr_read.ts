import { sharp } from '../native/sharp.ts';
import type { Format } from './format.ts';

/** OpenEXR as pixels; undefined where it is compressed in a way that ImageMagick has to read. */
export const decodeExr = async (
  ...[input, { maxPixels }, codecs]: Parameters<NonNullable<Format['decode']>>
): Promise<Awaited<ReturnType<NonNullable<Format['decode']>>> | undefined> => {
  const { facts, data } = await codecs.run({ task: 'exr.read', facts: { maxPixels }, data: input });
  if (facts.isOther) return undefined;
  const channels = facts.channels === 4 ? 4 : 3;
  const raw = { width: Number(facts.width), height: Number(facts.height), channels } as const;
  const bytes = await sharp(data, { raw, limitInputPixels: false }).png({ compressionLevel: 0 }).toBuffer();
  return { bytes, pages: 1 };
};
