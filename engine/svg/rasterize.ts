import { Problem } from '../../common/problem.ts';
import type { CodecPool } from '../codec_worker/pool.ts';
import type { Limits } from '../limits.ts';
import type { ConvertOptions } from '../options.ts';
import type { Box, Size } from '../transform/geometry.ts';
import type { Transform } from '../transform/transform.ts';
import { wantedScale } from '../transform/wanted_scale.ts';
import type { Drawing } from './check.ts';
import type { Element } from './parse.ts';
import {
  type Frame,
  fillsFrame,
  frameOf,
  inkFrame,
  rootSize,
  roundedFrame,
  sizedDrawing,
  wholeSize,
} from './size.ts';
import { writeDrawing } from './write.ts';

/** Most pixels that a drawing is made of. */
const maxPixels = 50e6;

/** The renderer takes an inch for 96 pixels, as CSS does, and then draws this much larger. */
const cssScale = 96 / 72;

/** What is drawn is measured in parts of a pixel. */
const inkScale = 32;
/** Left of and above all that is measured. */
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

async function measured(drawing: Drawing, more: readonly Element[], codecs: CodecPool): Promise<Size> {
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

/** Where a drawing has ink; only laying it out can tell. A mark far away shows where that begins. */
async function inkOf(drawing: Drawing, codecs: CodecPool): Promise<Box> {
  const prefix = drawing.root.name.slice(0, -drawing.root.local.length);
  const at = `${-farAway}`;
  const mark = element(`${prefix}rect`, { x: at, y: at, width: '1', height: '1', style: 'fill:#000' }, []);
  const size = await measured(drawing, [], codecs);
  const whole = await measured(drawing, [mark], codecs);
  return { left: whole.width - farAway - size.width, top: whole.height - farAway - size.height, ...size };
}

/** The frame of a drawing. @throws Problem `corrupt_image` when it has no size and draws nothing. */
export async function frameOfDrawing(drawing: Drawing, codecs: CodecPool): Promise<Frame> {
  const own = rootSize(drawing.root);
  return frameOf(own) ?? inkFrame(own, await inkOf(drawing, codecs));
}

/** libvips takes for an SVG what has the name of its root without a prefix near its start. */
const documentOf = ({ root, pictures }: Drawing): Buffer =>
  Buffer.from(`<!--<svg-->${writeDrawing(root, { pictures, sheets: 'as counted' })}`);

/** The document that shows all of a drawing at a size, to the pixel. */
function documentAt(drawing: Drawing, frame: Frame, { width, height }: Size): Buffer {
  const size = { width: width / cssScale, height: height / cssScale };
  const sized = sizedDrawing(drawing, frame, size);
  if (!fillsFrame(frame)) return documentOf(sized);
  const attributes = { ...sized.root.attributes, preserveAspectRatio: 'none' };
  return documentOf({ ...sized, root: { ...sized.root, attributes } });
}

/** The size at which a drawing is drawn, by its own. */
function scaleFor(size: Size, first: Transform | undefined): number {
  const scale = wantedScale(size, first);
  return scale === 1 ? 1 : Math.min(Math.sqrt(maxPixels / (size.width * size.height)), scale);
}

/** libvips draws in squares of this side, and each of them all of the filters. */
const tileSide = 2_000;
/** Milliseconds of each step of a filter, however small: its threads have to start. */
const stepMs = 2;

/** @throws Problem `corrupt_image` when filters alone would take longer than a conversion may. */
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

interface Drawn {
  readonly bytes: Buffer;
  readonly drawing?: Drawing;
  readonly exact?: Frame;
}

/**
 * A drawing as pixels, drawn in a process that can be ended: nothing interrupts librsvg in this one, and a few
 * hundred bytes can keep it busy for minutes. Any other source as it is.
 */
export async function rasterize<T extends Drawn>(
  source: T,
  passes: readonly Transform[],
  { limits, codecs }: Pick<ConvertOptions, 'limits' | 'codecs'>,
): Promise<T> {
  const { drawing, exact } = source;
  if (drawing === undefined || exact === undefined) return source;
  // Without a resize before it, a crop is measured in the drawing's own pixels.
  const scale = scaleFor(exact, passes[0]);
  const size = wholeSize({ width: exact.width * scale, height: exact.height * scale });
  checkFilters(drawing, size, limits);
  const data = documentAt(drawing, scale === 1 ? roundedFrame(exact) : exact, size);
  const drawn = await codecs.run({ task: 'svg.draw', details: { scale: cssScale }, data });
  return { ...source, bytes: drawn.data };
}
