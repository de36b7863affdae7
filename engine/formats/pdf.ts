import type { Format } from '../format.ts';
import { sharp } from '../sharp.ts';
import { needs } from './installed.ts';
import { encodePdf } from './pdf_write.ts';
import { has } from './sniffing.ts';

/** How far from its start a PDF's header may stand, as readers have always allowed. */
const headerWithin = 1024;

export const pdf: Format = {
  name: 'pdf',
  mime: 'application/pdf',
  extensions: ['pdf'],
  reads: true,
  writes: true,
  animated: false,
  alpha: true,
  engine: 'pdfium',
  writer: 'own',
  usualOutput: 'png',
  sniff: (head) => has(head, '%PDF-') || head.subarray(0, headerWithin).includes('\n%PDF-'),
  decode: async (input, { page, dpi, maxPixels }, isolate) => {
    needs('pdfium', 'reading PDF');
    const { data, facts } = await isolate.run({
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
  },
  encode: encodePdf,
};
