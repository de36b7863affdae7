import { Problem } from '../../common/problem.ts';

export interface Size {
  readonly width: number;
  readonly height: number;
}
export interface Box extends Size {
  readonly left: number;
  readonly top: number;
}
export type Gravity = 'centre' | 'north' | 'south' | 'east' | 'west' | 'smart';

/** What is asked of the size. Pixels, after orientation; an absent or zero side is free. */
export interface Ask {
  readonly width?: number;
  readonly height?: number;
  readonly crop?: boolean;
  readonly embed?: boolean;
  readonly enlarge?: boolean;
  readonly force?: boolean;
  /** Fit inside without padding even where nothing else is asked (an explicit rotation). */
  readonly inside?: boolean;
  readonly gravity?: Gravity;
  /** Kept after everything else; a missing side is that of the whole picture. */
  readonly area?: {
    readonly left: number;
    readonly top: number;
    readonly width?: number;
    readonly height?: number;
  };
}

/** The same in exact pixels: scale to `resize`, keep `crop`, lay it on the canvas `pad`. */
export interface Layout {
  readonly resize?: Size;
  readonly crop?: Box | { readonly smart: Size };
  /** The canvas; left and top say where the picture lies on it. */
  readonly pad?: Box;
}

export const roundHalfUp = (value: number): number => Math.floor(value + 0.5);
const same = (a: Size, b: Size): boolean => a.width === b.width && a.height === b.height;
const atLeastOne = (size: Size): Size => ({
  width: Math.max(1, size.width),
  height: Math.max(1, size.height),
});
const sizeOf = (width: number, height: number): Size =>
  atLeastOne({ width: roundHalfUp(width), height: roundHalfUp(height) });

/** The size of a picture once laid out. */
export function laidOut(source: Size, { resize, crop, pad }: Layout): Size {
  if (pad) return { width: pad.width, height: pad.height };
  if (crop) return 'smart' in crop ? crop.smart : { width: crop.width, height: crop.height };
  return resize ?? { width: source.width, height: source.height };
}

/** The target box. A missing side is proportional; when cropping it is the whole source side. */
function targetBox(source: Size, ask: Ask): Size {
  const { width, height } = ask;
  if (width && height) return { width, height };
  if (ask.crop) return { width: width || source.width, height: height || source.height };
  if (width) return sizeOf(width, (source.height * width) / source.width);
  if (height) return sizeOf((source.width * height) / source.height, height);
  return source;
}

/** The size before cropping and padding. With one side given, cropping cuts a strip and does not scale. */
function scaledSize(source: Size, target: Size, ask: Ask): Size {
  if (ask.force) return target;
  if (ask.crop && !(ask.width && ask.height)) return source;
  const ratios = [target.width / source.width, target.height / source.height] as const;
  const scale = ask.crop ? Math.max(...ratios) : Math.min(...ratios);
  return sizeOf(source.width * scale, source.height * scale);
}

/** The size of a picture scaled down to fit inside a box, in Imaginary's rounding; never larger than it is. */
export function fitInside(source: Size, box: Size): Size {
  if (source.width <= box.width && source.height <= box.height) return source;
  const widthBound = source.width * box.height > box.width * source.height;
  return widthBound
    ? sizeOf(box.width, (box.width * source.height) / source.width)
    : sizeOf((box.height * source.width) / source.height, box.height);
}

/** Where a window of `size` lies in `whole`; the centre rounds up as bimg's does. */
function windowAt(whole: Size, size: Size, gravity: Gravity): Box {
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
 * @throws Problem `invalid_param` when the area lies outside the picture.
 */
export function layout(source: Size, request: Ask): Layout {
  const { crop, embed, enlarge, inside, width, height } = request;
  const implicitForce = !crop && !embed && !enlarge && !inside && Boolean(width || height);
  const ask = { ...request, force: request.force || implicitForce };
  const target = targetBox(source, ask);
  const untouched = !ask.force && !enlarge && source.width < target.width && source.height < target.height;
  const scaled = untouched ? source : scaledSize(source, target, ask);
  const placed: Layout = untouched || ask.force ? {} : placeOn(scaled, target, ask);
  const resize = same(scaled, source) ? {} : { resize: scaled };
  return withArea(source, { ...resize, ...placed }, ask);
}

function placeOn(scaled: Size, target: Size, ask: Ask): Layout {
  const window = smaller(target, scaled);
  if (ask.gravity === 'smart') return same(window, scaled) ? {} : { crop: { smart: window } };
  if (ask.crop)
    return same(window, scaled) ? {} : { crop: windowAt(scaled, window, ask.gravity ?? 'centre') };
  if (!ask.embed) return {};
  const canvas = larger(target, scaled);
  const left = Math.floor((canvas.width - scaled.width) / 2);
  const top = Math.floor((canvas.height - scaled.height) / 2);
  return same(canvas, scaled) ? {} : { pad: { left, top, ...canvas } };
}

/** The largest side that the area of an extraction may have. */
const maxAreaSide = 16_383;

function withArea(source: Size, placed: Layout, { area }: Ask): Layout {
  if (!area) return placed;
  const whole = placed.resize ?? source;
  const box = {
    left: area.left,
    top: area.top,
    width: area.width || whole.width,
    height: area.height || whole.height,
  };
  if (box.width > maxAreaSide || box.height > maxAreaSide) {
    throw new Problem('invalid_param', 'Maximum image size exceeded');
  }
  if (box.left + box.width > whole.width || box.top + box.height > whole.height) {
    throw new Problem(
      'invalid_param',
      `extract_area: bad extract area: ${box.width}x${box.height} at ${box.left},${box.top} is not inside ${whole.width}x${whole.height}`,
    );
  }
  // An area replaces padding and cropping: Imaginary's own operations never combine them.
  return { ...(placed.resize ? { resize: placed.resize } : {}), crop: box };
}
