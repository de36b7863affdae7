import { sharp } from '../native/sharp.ts';
import type { Format } from './format.ts';

/** Decodes OpenEXR; undefined if only ImageMagick reads the compression of the file. */
export const decodeExr = async (
  ...[input, { maxPixels }, codecs]: Parameters<NonNullable<Format['decode']>>
): Promise<Awaited<ReturnType<NonNullable<Format['decode']>>> | undefined> => {
  const { details, data } = await codecs.run({ task: 'exr.read', details: { maxPixels }, data: input });
  if (details.isOther) return undefined;
  const channels = details.channels === 4 ? 4 : 3;
  const raw = { width: Number(details.width), height: Number(details.height), channels } as const;
  const bytes = await sharp(data, { raw, limitInputPixels: false }).png({ compressionLevel: 0 }).toBuffer();
  return { bytes, pages: 1 };
};
