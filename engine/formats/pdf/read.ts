import { sharp } from '../../native/sharp.ts';
import type { Format } from '../format.ts';
import { needs } from '../installed.ts';

/** One page as pixels. */
export const decodePdf: NonNullable<Format['decode']> = async (input, { page, dpi, maxPixels }, codecs) => {
  needs('pdfium', 'reading PDF');
  const { data, facts } = await codecs.run({
    task: 'pdf.page',
    facts: { page, dpi, maxPixels },
    data: input,
  });
  const raw = { width: Number(facts.width), height: Number(facts.height), channels: 4 as const };
  const bytes = await sharp(data, { raw, limitInputPixels: false })
    .removeAlpha()
    .png({ compressionLevel: 0 })
    .toBuffer();
  return { bytes, pages: Number(facts.pages) };
};
