import { outputFields } from './arrange.ts';
import { type DoorName, doors } from './doors.ts';
import { operationNamed } from './operations/index.ts';
import type { Output } from './output.ts';
import { autoQuality, type ParamName, type Params } from './params.ts';

export interface Step {
  readonly operation: string;
  readonly params: Params;
  /** A step that fails is left out instead of failing the conversion. */
  readonly ignoreFailure?: boolean;
}

/** How the input is read. */
export interface Decode {
  readonly damaged: 'read' | 'refuse';
  /** First page or frame, from 0. */
  readonly page: number;
  /** How many; 0 means as many as the output can hold and the limits allow. */
  readonly pages: number;
  /** Resolution of a page of a document. */
  readonly dpi?: number;
}

/** The whole job as plain JSON: it goes into a task, a cache key, a log line, a test. */
export interface Conversion {
  readonly steps: readonly Step[];
  readonly decode: Decode;
  readonly output: Output;
}

const inRange = (value: number | undefined, max: number): value is number =>
  value !== undefined && value >= 1 && value <= max;

/** The last step that sets a parameter has the say, if its operation takes that parameter. */
function lastOf(steps: readonly Step[], key: ParamName): Params[ParamName] {
  const sets = ({ operation, params }: Step): boolean =>
    params[key] !== undefined && operationNamed(operation).fields.includes(key);
  return steps.findLast(sets)?.params[key];
}

/**
 * A job from its steps; what they leave open is filled from the door's defaults.
 * `accept`: names of formats that the client takes, best first, for `type=auto`.
 */
export function conversionOf(
  steps: readonly Step[],
  doorName: DoorName,
  accept: readonly string[] = [],
): Conversion {
  const door = doors[doorName];
  const params = Object.fromEntries(
    outputFields.map((key) => [key, lastOf(steps, key)]).filter(([, value]) => value !== undefined),
  ) as Params;
  const strip = params.stripmeta ?? door.metadata === 'strip';
  return {
    steps,
    decode: {
      damaged: door.damaged,
      page: params.page ?? 0,
      pages: params.pages ?? 0,
      ...(params.dpi ? { dpi: params.dpi } : {}),
    },
    output: {
      ...(params.type ? { type: params.type.toLowerCase() } : {}),
      ...(accept.length > 0 ? { accept } : {}),
      ...(inRange(params.quality, 100) ? { quality: params.quality } : {}),
      ...(params.quality === autoQuality ? { autoQuality: true } : {}),
      ...(params.similarity ? { similarity: Math.min(params.similarity, 1) } : {}),
      ...(params.maxbytes ? { maxBytes: params.maxbytes } : {}),
      defaultQuality: door.quality,
      ...(inRange(params.compression, 9) ? { compression: params.compression } : {}),
      ...(params.palette ? { palette: true } : {}),
      ...(params.interlace ? { interlace: true } : {}),
      ...(params.lossless ? { lossless: true } : {}),
      ...(params.effort === undefined ? {} : { effort: params.effort }),
      ...(params.svg ? { svg: params.svg } : {}),
      avifEffort: door.avifEffort,
      tiffCompression: door.tiffCompression,
      ...(params.keepcopyright ? { keepCopyright: true } : {}),
      depth: (params.depth as Output['depth'] | undefined) ?? door.depth,
      metadata: strip ? 'strip' : 'keep',
      profile: strip || params.noprofile ? 'srgb' : 'keep',
      background: door.background,
    },
  };
}
