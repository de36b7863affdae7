import { Problem } from '../../common/problem.ts';
import type { Task } from './task.ts';
import { isTrap } from './trap.ts';

// Not imported: the bundle would then need it for every task.
const { PDFiumLibrary } = await import('@hyzyla/pdfium');
const library = await PDFiumLibrary.init();
const pointsPerInch = 72;

async function open(data: Buffer) {
  try {
    return await library.loadDocument(data);
  } catch (cause) {
    if (isTrap(cause)) throw cause;
    throw new Problem('corrupt_image', `Cannot read PDF: ${cause instanceof Error ? cause.message : cause}`);
  }
}

/** One page as raw RGBA on white. `facts`: page (from 0; the last one where there are fewer), dpi, maxPixels. */
export const page: Task = async ({ facts, data }) => {
  const document = await open(data);
  try {
    const pages = document.getPageCount();
    if (pages < 1) throw new Problem('corrupt_image', 'PDF has no pages');
    const sheet = document.getPage(Math.min(Number(facts.page), pages - 1));
    const scale = Number(facts.dpi) / pointsPerInch;
    const size = sheet.getOriginalSize();
    const [width, height] = [size.originalWidth, size.originalHeight].map((side) =>
      Math.max(1, Math.round(side * scale)),
    ) as [number, number];
    if (width * height > Number(facts.maxPixels))
      throw new Problem('too_many_pixels', `PDF page of ${width}x${height} pixels is over the limit`);
    const made = await sheet.render({ width, height, scale: 1, render: 'bitmap', renderFormFields: true });
    return { facts: { width, height, pages }, data: Buffer.from(made.data.buffer) };
  } finally {
    document.destroy();
  }
};
