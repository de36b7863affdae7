import { Problem } from '../../common/problem.ts';
import type { Frame } from './frame.ts';
import { createFresh } from './fresh.ts';
import type { Task } from './task.ts';
import { isTrap } from './trap.ts';
import { compileWasm, startWasm } from './wasm.ts';

// Not imported: the bundle would then need it for every task.
const { PDFiumLibrary } = await import('@hyzyla/pdfium');
type Library = Awaited<ReturnType<typeof PDFiumLibrary.init>>;

const compiled = await compileWasm('@hyzyla/pdfium/pdfium.wasm');

const library = createFresh({
  start: () =>
    PDFiumLibrary.init({
      instantiateWasm: (imports, started) => {
        const instance = startWasm(compiled, imports);
        // Its types say module, and its code takes the instance.
        started(instance as unknown as WebAssembly.Module);
        return instance.exports;
      },
    }),
});
const pointsPerInch = 72;

async function open(pdfium: Library, data: Buffer) {
  try {
    return await pdfium.loadDocument(data);
  } catch (cause) {
    if (isTrap(cause)) throw cause;
    throw new Problem('corrupt_image', `Cannot read PDF: ${cause instanceof Error ? cause.message : cause}`);
  }
}

async function drawPage(pdfium: Library, { facts, data }: Frame): Promise<Frame> {
  const document = await open(pdfium, data);
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
}

/** One page as raw RGBA on white. `facts`: page (from 0; the last one where there are fewer), dpi, maxPixels. */
export const page: Task = async (request) => await library.use((pdfium) => drawPage(pdfium, request));
