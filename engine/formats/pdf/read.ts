import { sharp } from '../../native/sharp.ts';
import type { Format } from '../format.ts';
import { needs } from '../installed.ts';

/** Draws one page. */
export const decodePdf: NonNullable<Format['decode']> = async (input, { page, dpi, maxPixels }, codecs) => {
  needs('pdfium', 'reading PDF');
  const { data, details } = await codecs.run({
    task: 'pdf.page',
    details: { page, dpi, maxPixels },
    data: input,
  });
  const raw = { width: Number(details.width), height: Number(details.height), channels: 4 as const };
  const bytes = await sharp(data, { raw, limitInputPixels: false })
    .removeAlpha()
    .png({ compressionLevel: 0 })
    .toBuffer();
  return { bytes, pages: Number(details.pages) };
};
