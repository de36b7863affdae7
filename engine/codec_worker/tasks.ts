import { once } from '../../common/once.ts';
import type { CodecTask } from './task.ts';

/** The tasks of the worker. A codec is loaded when the first request needs it. */
export const tasks: Readonly<Record<string, () => Promise<CodecTask>>> = {
  'exr.read': once(async () => (await import('./exr/decode.ts')).readExr),
  'magick.frames': once(async () => (await import('./magick.ts')).frames),
  'magick.read': once(async () => (await import('./magick.ts')).read),
  'magick.warm': once(async () => (await import('./magick.ts')).warm),
  'magick.write': once(async () => (await import('./magick.ts')).write),
  'pdf.page': once(async () => (await import('./pdf.ts')).page),
  'svg.draw': once(async () => (await import('./svg.ts')).draw),
  'svg.finish': once(async () => (await import('./finish.ts')).finishSvg),
  'svg.measure': once(async () => (await import('./svg.ts')).measure),
  'svg.trace': once(async () => (await import('./svg.ts')).trace),
};

/** Tasks of native codecs, whose memory comes from the C library. */
export const nativeTasks: ReadonlySet<string> = new Set([
  'svg.draw',
  'svg.finish',
  'svg.measure',
  'svg.trace',
]);
