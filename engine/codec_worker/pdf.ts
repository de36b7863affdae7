import { Problem } from '../../common/problem.ts';
import { checkPixels } from '../formats/rewrites/rewrite.ts';
import { createCleanCodec } from './clean_codec.ts';
import type { Message } from './message.ts';
import { type CodecTask, isTrap } from './task.ts';
import { compileWasm, startWasm } from './wasm.ts';

// Imported here, because a bundle with a static import would load it for every task.
const { PDFiumLibrary } = await import('@hyzyla/pdfium');
type Library = Awaited<ReturnType<typeof PDFiumLibrary.init>>;

const compiled = await compileWasm('@hyzyla/pdfium/pdfium.wasm');

const library = createCleanCodec({
  start: () =>
    PDFiumLibrary.init({
      instantiateWasm: (imports, started) => {
        const instance = startWasm(compiled, imports);
        // Its types say module, but its code takes the instance.
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

async function drawPage(pdfium: Library, { details, data }: Message): Promise<Message> {
  const document = await open(pdfium, data);
  try {
    const pages = document.getPageCount();
    if (pages < 1) throw new Problem('corrupt_image', 'PDF has no pages');
    const sheet = document.getPage(Math.min(Number(details.page), pages - 1));
    const scale = Number(details.dpi) / pointsPerInch;
    const size = sheet.getOriginalSize();
    const [width, height] = [size.originalWidth, size.originalHeight].map((side) =>
      Math.max(1, Math.round(side * scale)),
    ) as [number, number];
    checkPixels(width, height, Number(details.maxPixels));
    const bitmap = await sheet.render({ width, height, scale: 1, render: 'bitmap', renderFormFields: true });
    return { details: { width, height, pages }, data: Buffer.from(bitmap.data.buffer) };
  } finally {
    document.destroy();
  }
}

/** Draws one page as raw RGBA on white. `details`: page (from 0, at most the last one), dpi, maxPixels. */
export const page: CodecTask = async (request) => await library.use((pdfium) => drawPage(pdfium, request));
