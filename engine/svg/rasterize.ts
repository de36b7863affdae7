import { Problem } from '../../common/problem.ts';
import type { CodecAnswer, CodecPool } from '../codec_worker/pool.ts';
import type { Limits } from '../limits.ts';
import type { ConvertOptions } from '../options.ts';
import { type Box, type Size, wholeSize } from '../transform/geometry.ts';
import type { Transform } from '../transform/transform.ts';
import { wantedScale } from '../transform/wanted_scale.ts';
import type { Drawing } from './check.ts';
import type { Element } from './parse.ts';
import {
  type Frame,
  fillsFrame,
  frameOf,
  inkFrame,
  type RawSize,
  resizeDrawing,
  rootSize,
  roundFrame,
} from './size.ts';
import { writeDrawing } from './write.ts';

/** Most pixels of a rasterized drawing. */
const maxPixels = 50e6;

/** The renderer counts 96 pixels an inch, as CSS does, and then scales by this factor. */
export const cssScale = 96 / 72;

const rawSizeOf = ({ width, height }: CodecAnswer['details']): RawSize => ({
  width: Number(width),
  height: Number(height),
  channels: 4,
});

/** Ink is measured in this fraction of a pixel. */
const inkScale = 32;
/** Left of and above everything that is measured. */
const farAway = 10_000;

const element = (
  name: string,
  attributes: Element['attributes'],
  children: Element['children'],
): Element => ({
  name,
  local: name,
  attributes,
  children,
});

async function measure(drawing: Drawing, more: readonly Element[], codecs: CodecPool): Promise<Size> {
  const { root } = drawing;
  const { width: _w, height: _h, viewBox: _v, ...attributes } = root.attributes;
  const prefix = root.name.slice(0, -root.local.length);
  const scaled = element(`${prefix}g`, { transform: `scale(${inkScale})` }, [...root.children, ...more]);
  const document = documentOf({ ...drawing, root: { ...root, attributes, children: [scaled] } });
  const details = { scale: cssScale };
  const answer = await codecs.run({ task: 'svg.measure', details, data: document });
  const side = (name: string): number => Number(answer.details[name]) / cssScale / inkScale;
  return { width: side('width'), height: side('height') };
}

/** The area of the ink, which only the renderer knows. A second measurement with a distant mark gives its offset. */
async function inkOf(drawing: Drawing, codecs: CodecPool): Promise<Box> {
  const prefix = drawing.root.name.slice(0, -drawing.root.local.length);
  const at = `${-farAway}`;
  const mark = element(`${prefix}rect`, { x: at, y: at, width: '1', height: '1', style: 'fill:#000' }, []);
  const size = await measure(drawing, [], codecs);
  const whole = await measure(drawing, [mark], codecs);
  return { left: whole.width - farAway - size.width, top: whole.height - farAway - size.height, ...size };
}

/** The frame of a drawing. @throws Problem `corrupt_image` if it has no size and draws nothing. */
export async function frameOfDrawing(drawing: Drawing, codecs: CodecPool): Promise<Frame> {
  const own = rootSize(drawing.root);
  return frameOf(own) ?? inkFrame(own, await inkOf(drawing, codecs));
}

/** libvips recognises an SVG only by an unprefixed `<svg` near its start. */
const documentOf = ({ root, pictures }: Drawing): Buffer =>
  Buffer.from(`<!--<svg-->${writeDrawing(root, { pictures, sheets: 'as counted' })}`);

/** A document that shows the whole drawing at exactly this size. */
function documentAt(drawing: Drawing, frame: Frame, { width, height }: Size): Buffer {
  const size = { width: width / cssScale, height: height / cssScale };
  const sized = resizeDrawing(drawing, frame, size);
  if (!fillsFrame(frame)) return documentOf(sized);
  const attributes = { ...sized.root.attributes, preserveAspectRatio: 'none' };
  return documentOf({ ...sized, root: { ...sized.root, attributes } });
}

/** The scale at which the first pass needs a drawing. */
function scaleFor(size: Size, first: Transform | undefined): number {
  const scale = wantedScale(size, first);
  return scale === 1 ? 1 : Math.min(Math.sqrt(maxPixels / (size.width * size.height)), scale);
}

/** libvips draws in squares of this side, and runs all filters for each square. */
const tileSide = 2_000;
/** Milliseconds that each filter step takes to start its threads, however small it is. */
const stepMs = 2;

/** @throws Problem `corrupt_image` if the filters alone would exceed the time limit of a conversion. */
function checkFilters({ cost }: Drawing, { width, height }: Size, limits: Limits): void {
  const tiles = [width, height].map((side) => Math.ceil(side / tileSide)).reduce((all, one) => all * one, 1);
  const ms = cost.filterMs * ((width * height) / 1e6) + cost.filterSteps * stepMs;
  const seconds = (ms / 1000) * tiles;
  if (seconds <= limits.CONVERSION_SECONDS) return;
  throw new Problem(
    'corrupt_image',
    `filters of the SVG would take about ${Math.round(seconds)} s; the limit is ${limits.CONVERSION_SECONDS} s`,
  );
}

interface RasterSource {
  readonly bytes: Buffer;
  readonly raw?: RawSize;
  readonly drawing?: Drawing;
  readonly exact?: Frame;
}

interface SizedDocument {
  readonly data: Buffer;
  /** The size at which it is drawn. */
  readonly size: Size;
}

/** The document that the worker draws for the first pass. @throws Problem `corrupt_image` for filters that take too long. */
export function documentFor(
  { drawing, exact }: Required<Pick<RasterSource, 'drawing' | 'exact'>>,
  passes: readonly Transform[],
  limits: Limits,
): SizedDocument {
  // Without a resize before it, a crop is measured in the drawing's own pixels.
  const scale = scaleFor(exact, passes[0]);
  const size = wholeSize({ width: exact.width * scale, height: exact.height * scale });
  checkFilters(drawing, size, limits);
  return { data: documentAt(drawing, scale === 1 ? roundFrame(exact) : exact, size), size };
}

/**
 * Rasterizes a drawing in the worker. A few hundred bytes can keep librsvg busy for minutes, and only ending its
 * process interrupts it. Other sources are returned unchanged.
 */
export async function rasterize<T extends RasterSource>(
  source: T,
  passes: readonly Transform[],
  { limits, codecs }: Pick<ConvertOptions, 'limits' | 'codecs'>,
): Promise<T> {
  const { drawing, exact } = source;
  if (drawing === undefined || exact === undefined) return source;
  const { data } = documentFor({ drawing, exact }, passes, limits);
  const drawn = await codecs.run({ task: 'svg.draw', details: { scale: cssScale }, data });
  return { ...source, bytes: drawn.data, raw: rawSizeOf(drawn.details) };
}
