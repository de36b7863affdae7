import type { Format } from './format.ts';
import { has } from './sniff/bytes.ts';

/** Readers have always accepted a PDF header anywhere in this many bytes. */
const headerWithin = 1024;

export const pdf: Format = {
  name: 'pdf',
  mime: 'application/pdf',
  extensions: ['pdf'],
  reads: true,
  writes: true,
  animated: false,
  alpha: true,
  document: true,
  engine: 'pdfium',
  writer: 'own',
  usualOutput: 'png',
  sniff: (head) => has(head, '%PDF-') || head.subarray(0, headerWithin).includes('\n%PDF-'),
  decode: async (...given) => await (await import('./pdf/read.ts')).decodePdf(...given),
  encode: async (...given) => await (await import('./pdf/write.ts')).encodePdf(...given),
};
