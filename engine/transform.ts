import type { Colour } from '../common/colour.ts';
import { type Layout, laidOut, type Size } from './geometry.ts';
import { compose, isUpright, laid, type Orientation, upright } from './orientation.ts';

export type Extend = 'black' | 'white' | 'copy' | 'mirror' | 'background';

/** A watermark of text. Sizes in pixels of the picture it lies on. */
export interface TextOverlay {
  readonly kind: 'text';
  readonly text: string;
  readonly font: string;
  readonly dpi: number;
  /** Width at which the text wraps. */
  readonly wrap: number;
  readonly margin: number;
  /** 0 to 1. */
  readonly opacity: number;
  readonly colour: Colour;
  /** Tiled over the picture, or drawn once at `at` (left and top, or a compass point). */
  readonly tiled: boolean;
  readonly at: { readonly left: number; readonly top: number } | string;
}

/** A watermark picture. `bytes` are filled in by whoever may fetch `url`. */
export interface ImageOverlay {
  readonly kind: 'image';
  readonly url: string;
  readonly bytes?: Buffer;
  readonly left: number;
  readonly top: number;
  readonly opacity: number;
}
export type Overlay = TextOverlay | ImageOverlay;

/**
 * What to do with the pixels, as data: one pass over the picture. The order of work is fixed, as listed:
 * orientation, region, resize, crop, pad, blur, overlays, background, grey. All sizes are those at that point.
 */
export interface Transform extends Layout {
  readonly orientation?: Orientation;
  /** The part that is kept before resizing. */
  readonly region?: {
    readonly left: number;
    readonly top: number;
    readonly width: number;
    readonly height: number;
  };
  /** Enlarge by repeating pixels instead of interpolating. */
  readonly nearest?: boolean;
  readonly extend?: Extend;
  /** Standard deviation in pixels. */
  readonly blur?: number;
  readonly overlays?: readonly Overlay[];
  /** Colour under transparency, and of padding with extend=background. */
  readonly background?: Colour;
  readonly grey?: boolean;
}

/** The size of a picture of `source` (as stored) after a transform. */
export function sizeAfter(source: Size, transform: Transform): Size {
  const turned = laid(source, transform.orientation ?? upright);
  const kept = transform.region ?? turned;
  return laidOut({ width: kept.width, height: kept.height }, transform);
}

const geometry = ['region', 'resize', 'crop', 'pad'] as const;
const late = ['blur', 'overlays', 'background', 'grey'] as const;
const none = (t: Transform, keys: readonly (keyof Transform)[]): boolean =>
  keys.every((key) => t[key] === undefined);
const turns = (t: Transform): boolean => t.orientation !== undefined && !isUpright(t.orientation);
const isBox = (crop: Transform['crop']): crop is NonNullable<Transform['region']> =>
  crop !== undefined && !('smart' in crop);

const noLarger = (b: Size | undefined, a: Size | undefined): boolean =>
  b !== undefined && a !== undefined && b.width <= a.width && b.height <= a.height;

/** The latest piece of late work in `a` comes before the earliest in `b`. */
const lateFollows = (a: Transform, b: Transform): boolean => {
  const last = late.findLastIndex((key) => a[key] !== undefined);
  const first = late.findIndex((key) => b[key] !== undefined);
  return first === -1 || last < first;
};

/** The ways two transforms become one pass that gives what the two would; the first that fits is taken. */
const rules: readonly ((a: Transform, b: Transform) => Transform | undefined)[] = [
  // Only a turn before: turn, then the rest.
  (a, b) =>
    none(a, [...geometry, ...late])
      ? { ...b, orientation: compose(a.orientation ?? upright, b.orientation ?? upright) }
      : undefined,
  // Only late work after.
  (a, b) => (!turns(b) && none(b, geometry) && lateFollows(a, b) ? { ...a, ...defined(b, late) } : undefined),
  // A resize, then a smaller one: the smaller one from the original pixels is sharper and says the same.
  (a, b) =>
    !turns(b) &&
    none(a, ['crop', 'pad', ...late]) &&
    !a.nearest &&
    !b.nearest &&
    !b.region &&
    noLarger(b.resize, a.resize)
      ? { ...a, ...withoutTurn(b) }
      : undefined,
  // A resize, then a crop or padding of it.
  (a, b) =>
    !turns(b) && none(a, ['crop', 'pad', ...late]) && none(b, ['region', 'resize'])
      ? { ...a, ...withoutTurn(b) }
      : undefined,
  // A crop of the original pixels, then a resize of that part.
  (a, b) =>
    !turns(b) && none(a, ['region', 'resize', 'pad', ...late]) && isBox(a.crop) && b.region === undefined
      ? { ...withoutTurn(b), ...defined(a, ['orientation']), region: a.crop }
      : undefined,
];

const defined = (t: Transform, keys: readonly (keyof Transform)[]): Transform =>
  Object.fromEntries(
    Object.entries(t).filter(([key, value]) => keys.includes(key as keyof Transform) && value !== undefined),
  );
const withoutTurn = ({ orientation: _, ...rest }: Transform): Transform => rest;

/** As few passes as the meaning of the transforms allows. */
export function merge(transforms: readonly Transform[]): readonly Transform[] {
  const passes: Transform[] = [];
  for (const next of transforms) {
    const last = passes.at(-1);
    const merged = last && rules.map((rule) => rule(last, next)).find((one) => one !== undefined);
    if (merged) passes.pop();
    passes.push(merged ?? next);
  }
  return passes;
}
