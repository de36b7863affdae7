import type { CodecTask } from './task.ts';

/** The tasks of the worker. A codec is loaded when the first request needs it. */
export const tasks: Readonly<Record<string, () => Promise<CodecTask>>> = {
  'exr.read': async () => (await import('./exr/decode.ts')).readExr,
  'magick.frames': async () => (await import('./magick.ts')).frames,
  'magick.read': async () => (await import('./magick.ts')).read,
  'magick.warm': async () => (await import('./magick.ts')).warm,
  'magick.write': async () => (await import('./magick.ts')).write,
  'pdf.page': async () => (await import('./pdf.ts')).page,
  'svg.draw': async () => (await import('./svg.ts')).draw,
  'svg.finish': async () => (await import('./finish.ts')).finishSvg,
  'svg.measure': async () => (await import('./svg.ts')).measure,
  'svg.trace': async () => (await import('./svg.ts')).trace,
};

/** Tasks of native codecs, whose memory comes from the C library. */
export const nativeTasks: ReadonlySet<string> = new Set([
  'svg.draw',
  'svg.finish',
  'svg.measure',
  'svg.trace',
]);
