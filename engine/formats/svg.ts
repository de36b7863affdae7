import { isDrawing } from '../svg/text.ts';
import type { Format } from './format.ts';

export const svg: Format = {
  name: 'svg',
  mime: 'image/svg+xml',
  extensions: ['svg'],
  inputExtensions: ['svgz'],
  reads: true,
  writes: true,
  animated: false,
  alpha: true,
  document: true,
  engine: 'sharp',
  sniff: isDrawing,
  passThrough: async (...given) => await (await import('../svg/sanitize.ts')).passDrawing(...given),
  encode: async (...given) => await (await import('./svg/write.ts')).encodeSvg(...given),
};
