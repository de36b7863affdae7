import { Problem } from '../../common/problem.ts';
import { effectFields, readEffects } from '../effects/index.ts';
import type { ParamName, Params } from '../params.ts';
import {
  type Extend,
  type Gravity,
  type Kernel,
  layout,
  roundHalfUp,
  type Size,
  type SizeRequest,
} from '../transform/geometry.ts';
import { orientationOf, orientedSize } from '../transform/orientation.ts';
import type { Transform } from '../transform/transform.ts';
import type { ImageInfo } from './operation.ts';

/** The parameters that every operation but autorotate takes. */
const sizeFields = [
  'width',
  'height',
  'scale',
  'aspectratio',
  'force',
  'embed',
  'fit',
  'gravity',
  'focus',
  'extend',
  'minwidth',
  'minheight',
  'withoutenlargement',
  'kernel',
  'trim',
  'dpr',
  'rotate',
  'flip',
  'flop',
  'norotation',
  ...(Object.keys(effectFields) as (keyof typeof effectFields)[]),
] as const satisfies readonly ParamName[];
export const outputFields = [
  'type',
  'quality',
  'similarity',
  'maxbytes',
  'compression',
  'palette',
  'speed',
  'interlace',
  'lossless',
  'effort',
  'svg',
  'dpi',
  'stripmeta',
  'keepcopyright',
  'depth',
  'noprofile',
  'page',
  'pages',
] as const satisfies readonly ParamName[];
export const commonFields: readonly ParamName[] = [...sizeFields, ...outputFields];

/** The side that `aspectratio` gives: whole-number division first, as Imaginary does. */
function withRatio({ width, height, aspectratio }: Params): { width?: number; height?: number } {
  const given = { ...(width ? { width } : {}), ...(height ? { height } : {}) };
  if (!aspectratio || Boolean(width) === Boolean(height)) return given;
  const [w, h] = aspectratio.split(':').map((part) => (/^\d+$/.test(part) ? Number(part) : 0));
  if (!w || !h) {
    throw new Problem(
      'invalid_param',
      `aspectratio: expected W:H with whole numbers above 0, got ${JSON.stringify(aspectratio)}`,
    );
  }
  return width
    ? { width, height: Math.floor(width / w) * h }
    : { width: Math.floor((height ?? 0) / h) * w, height: height ?? 0 };
}

/** The size that parameters ask for; `scale` counts where no side is given. */
function sizeFromParams(params: Params, source: Size): { width?: number; height?: number } {
  const sides = withRatio(params);
  if (sides.width || sides.height || !params.scale) return sides;
  const side = (length: number): number => Math.max(1, roundHalfUp(length * (params.scale ?? 1)));
  return { width: side(source.width), height: side(source.height) };
}

/** How padding is filled; a background without a colour is black. */
function extendMode({ extend = 'copy', background }: Params): Extend {
  if (extend === 'lastpixel' || extend === 'background') return background ? 'background' : 'black';
  return extend as Extend;
}

/** What else parameters say about the size. */
function boundsOf({ focus, minwidth = 0, minheight = 0, withoutenlargement = false }: Params) {
  const [x = 0.5, y = 0.5] = focus ?? [];
  return {
    ...(focus ? { focus: [x, y] as const } : {}),
    ...(minwidth || minheight ? { least: { width: minwidth, height: minheight } } : {}),
    noEnlargement: withoutenlargement,
  };
}

/** The framing that an operation sets itself. */
export type Framing = Pick<SizeRequest, 'crop' | 'embed' | 'enlarge' | 'force' | 'area'> & {
  readonly gravity?: Gravity;
};

/** What each value of `fit` does; all scale up too. */
const framings: Readonly<Record<string, Framing & Pick<SizeRequest, 'inside' | 'outside'>>> = {
  cover: { crop: true, embed: false, enlarge: true },
  contain: { crop: false, embed: true, enlarge: true },
  fill: { force: true },
  inside: { crop: false, embed: false, enlarge: true, inside: true },
  outside: { crop: false, embed: false, enlarge: true, outside: true },
};

/**
 * One transform from parameters and the framing of an operation: most operations are just this.
 * Size rules as in `layout`; the framing wins over parameters, `force` over all.
 */
export function arrange(params: Params, image: ImageInfo, framing: Framing = {}): Transform {
  const orientation = orientationOf(params, image);
  const source = orientedSize(image, orientation);
  const placed = layout(source, {
    inside: Boolean(params.rotate),
    force: params.force ?? false,
    embed: params.embed ?? false,
    gravity: (params.gravity ?? 'centre') as Gravity,
    ...boundsOf(params),
    ...framing,
    ...(params.fit ? framings[params.fit] : {}),
    ...sizeFromParams(params, source),
  });
  return {
    orientation,
    ...placed,
    ...(placed.resize && params.kernel ? { kernel: params.kernel as Kernel } : {}),
    ...(placed.pad ? { extend: extendMode(params) } : {}),
    ...readEffects(params),
  };
}
