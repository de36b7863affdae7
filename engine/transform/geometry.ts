import { Problem } from '../../common/problem.ts';
import { maxSide } from '../limits.ts';

export interface Size {
  readonly width: number;
  readonly height: number;
}
export interface Box extends Size {
  readonly left: number;
  readonly top: number;
}
export type Gravity = 'centre' | 'north' | 'south' | 'east' | 'west' | 'smart';

/** The size and framing that a caller wants. Pixels, after orientation; an absent or zero side is free. */
export interface SizeRequest {
  readonly width?: number;
  readonly height?: number;
  readonly crop?: boolean;
  readonly embed?: boolean;
  readonly enlarge?: boolean;
  readonly force?: boolean;
  /** Fits inside the box without padding (an explicit rotation). */
  readonly inside?: boolean;
  /** Covers the box without cropping. */
  readonly outside?: boolean;
  readonly gravity?: Gravity;
  /** The point that a crop keeps in its middle, as far as it can: parts of the width and the height. */
  readonly focus?: readonly [x: number, y: number];
  /** The picture is enlarged in proportion until its sides are at least this long. */
  readonly least?: Size;
  /** The picture is never scaled up. */
  readonly noEnlargement?: boolean;
  /** The part to keep after everything else; a missing side is that of the whole picture. */
  readonly area?: {
    readonly left: number;
    readonly top: number;
    readonly width?: number;
    readonly height?: number;
  };
}

/** A size request in exact pixels: scale to `resize`, keep `crop`, put it on the canvas `pad`. */
export interface Layout {
  readonly resize?: Size;
  readonly crop?: Box | { readonly smart: Size };
  /** The canvas; left and top are the position of the picture on it. */
  readonly pad?: Box;
}

export type Extend = 'black' | 'white' | 'copy' | 'mirror' | 'background';

/** How sharp mixes pixels when it scales; `nearest` repeats or leaves out pixels. */
export const kernels = [
  'nearest',
  'linear',
  'cubic',
  'mitchell',
  'lanczos2',
  'lanczos3',
  'mks2013',
  'mks2021',
] as const;
export type Kernel = (typeof kernels)[number];

/** A layout, and how its pixels are made. */
export interface Geometry extends Layout {
  readonly kernel?: Kernel;
  readonly extend?: Extend;
}

export const roundHalfUp = (value: number): number => Math.floor(value + 0.5);
const isSameSize = (a: Size, b: Size): boolean => a.width === b.width && a.height === b.height;
const atLeastOne = (size: Size): Size => ({
  width: Math.max(1, size.width),
  height: Math.max(1, size.height),
});
const sizeOf = (width: number, height: number): Size =>
  atLeastOne({ width: roundHalfUp(width), height: roundHalfUp(height) });

/** The size of a picture after a layout is applied. */
export function sizeAfterLayout(source: Size, { resize, crop, pad }: Layout): Size {
  if (pad) return { width: pad.width, height: pad.height };
  if (crop) return 'smart' in crop ? crop.smart : { width: crop.width, height: crop.height };
  return resize ?? { width: source.width, height: source.height };
}

/** The target box. A missing side is proportional; when cropping it is the whole source side. */
function targetBox(source: Size, request: SizeRequest): Size {
  const { width, height } = request;
  if (width && height) return { width, height };
  if (request.crop) return { width: width || source.width, height: height || source.height };
  if (width) return sizeOf(width, (source.height * width) / source.width);
  if (height) return sizeOf((source.width * height) / source.height, height);
  return source;
}

/** The size before cropping and padding. With one side given, cropping cuts a strip and does not scale. */
function scaledSize(source: Size, target: Size, request: SizeRequest): Size {
  if (request.force) return target;
  if (request.crop && !(request.width && request.height)) return source;
  const ratios = [target.width / source.width, target.height / source.height] as const;
  const covers = request.crop || request.outside;
  const scale = covers ? Math.max(...ratios) : Math.min(...ratios);
  return sizeOf(source.width * scale, source.height * scale);
}

/** A size that is no larger than the source where that is requested, and then at least as large as requested. */
function withinBounds(source: Size, wanted: Size, { noEnlargement, least }: SizeRequest): Size {
  const isLarger = wanted.width > source.width || wanted.height > source.height;
  const shrink = Math.min(source.width / wanted.width, source.height / wanted.height);
  const size = noEnlargement && isLarger ? sizeOf(wanted.width * shrink, wanted.height * shrink) : wanted;
  const growth = least ? Math.max(least.width / size.width, least.height / size.height) : 1;
  return growth > 1 ? sizeOf(size.width * growth, size.height * growth) : size;
}

/** The size of a picture scaled down to fit inside a box, in Imaginary's rounding; never larger than it is. */
export function fitInside(source: Size, box: Size): Size {
  if (source.width <= box.width && source.height <= box.height) return source;
  const widthBound = source.width * box.height > box.width * source.height;
  return widthBound
    ? sizeOf(box.width, (box.width * source.height) / source.width)
    : sizeOf((box.height * source.width) / source.height, box.height);
}

/** The start of a window whose middle is as near to a point as possible. */
const startAround = (whole: number, size: number, at: number): number =>
  Math.max(0, Math.min(whole - size, Math.round(at * whole - size / 2)));

/** A window of `size` in `whole`, placed by focus or gravity; the centre rounds up as bimg's does. */
function placeWindow(whole: Size, size: Size, { gravity = 'centre', focus }: SizeRequest): Box {
  if (focus) {
    const [x, y] = focus;
    const left = startAround(whole.width, size.width, x);
    return { ...size, left, top: startAround(whole.height, size.height, y) };
  }
  const extra = { width: whole.width - size.width, height: whole.height - size.height };
  const centre = { left: Math.floor((extra.width + 1) / 2), top: Math.floor((extra.height + 1) / 2) };
  const at: Readonly<Record<string, { left: number; top: number }>> = {
    north: { ...centre, top: 0 },
    south: { ...centre, top: extra.height },
    west: { ...centre, left: 0 },
    east: { ...centre, left: extra.width },
  };
  return { ...size, ...(at[gravity] ?? centre) };
}

const smaller = (a: Size, b: Size): Size => ({
  width: Math.min(a.width, b.width),
  height: Math.min(a.height, b.height),
});
const larger = (a: Size, b: Size): Size => ({
  width: Math.max(a.width, b.width),
  height: Math.max(a.height, b.height),
});

/**
 * Imaginary's rules of size (its api.md, 5.2) as exact pixels.
 * @throws Problem `invalid_param` when the area is not inside the picture.
 */
export function layout(source: Size, given: SizeRequest): Layout {
  const { crop, embed, enlarge, inside, width, height } = given;
  const implicitForce = !crop && !embed && !enlarge && !inside && Boolean(width || height);
  const request = { ...given, force: given.force || implicitForce };
  const target = targetBox(source, request);
  const untouched =
    !request.force && !enlarge && source.width < target.width && source.height < target.height;
  const wanted = untouched ? source : scaledSize(source, target, request);
  const scaled = withinBounds(source, wanted, request);
  const placed: Layout = untouched || request.force ? {} : placeOn(scaled, target, request);
  const resize = isSameSize(scaled, source) ? {} : { resize: scaled };
  return withArea(source, { ...resize, ...placed }, request);
}

/** The crop or the canvas that brings a scaled picture to the target box. */
function placeOn(scaled: Size, target: Size, request: SizeRequest): Layout {
  const window = smaller(target, scaled);
  if (request.gravity === 'smart' && !request.focus)
    return isSameSize(window, scaled) ? {} : { crop: { smart: window } };
  if (request.crop) return isSameSize(window, scaled) ? {} : { crop: placeWindow(scaled, window, request) };
  if (!request.embed) return {};
  const canvas = larger(target, scaled);
  const left = Math.floor((canvas.width - scaled.width) / 2);
  const top = Math.floor((canvas.height - scaled.height) / 2);
  return isSameSize(canvas, scaled) ? {} : { pad: { left, top, ...canvas } };
}

/** @throws Problem `invalid_param` when the area is too large or not inside the picture. */
function withArea(source: Size, placed: Layout, { area }: SizeRequest): Layout {
  if (!area) return placed;
  const whole = placed.resize ?? source;
  const box = {
    left: area.left,
    top: area.top,
    width: area.width || whole.width,
    height: area.height || whole.height,
  };
  const text = `${box.width}x${box.height} at ${box.left},${box.top}`;
  if (box.width > maxSide || box.height > maxSide) {
    throw new Problem('invalid_param', `area: expected at most ${maxSide} pixels a side, got ${text}`, {
      reason: 'area_too_large',
    });
  }
  if (box.left + box.width > whole.width || box.top + box.height > whole.height) {
    throw new Problem(
      'invalid_param',
      `area: expected a part of the ${whole.width}x${whole.height} picture, got ${text}`,
      { reason: 'area_outside' },
    );
  }
  // An area replaces padding and cropping: Imaginary's own operations never combine them.
  return { ...(placed.resize ? { resize: placed.resize } : {}), crop: box };
}

/** The size in whole pixels. */
export const wholeSize = ({ width, height }: Size): Size => ({
  width: Math.max(1, Math.round(width)),
  height: Math.max(1, Math.round(height)),
});
