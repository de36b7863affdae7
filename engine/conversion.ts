import { type DoorName, doors } from './door_defaults.ts';
import { outputFields } from './operations/from_params.ts';
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
  /** First page or frame, from 0; absent: the picture that the file names as its main one, else the first. */
  readonly page?: number;
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

type Door = (typeof doors)[DoorName];

const strips = (params: Params, door: Door): boolean => params.stripmeta ?? door.metadata === 'strip';

/** What was asked of the encoder, as far as it can be. */
const asked = (params: Params): Partial<Output> => ({
  ...(params.type ? { type: params.type.toLowerCase() } : {}),
  ...(inRange(params.quality, 100) ? { quality: params.quality } : {}),
  ...(params.quality === autoQuality ? { autoQuality: true } : {}),
  ...(params.similarity ? { similarity: Math.min(params.similarity, 1) } : {}),
  ...(params.maxbytes ? { maxBytes: params.maxbytes } : {}),
  ...(inRange(params.compression, 9) ? { compression: params.compression } : {}),
  ...(params.palette ? { palette: true } : {}),
  ...(params.interlace ? { interlace: true } : {}),
  ...(params.lossless ? { lossless: true } : {}),
  ...(params.effort === undefined ? {} : { effort: params.effort }),
  ...(params.svg ? { svg: params.svg } : {}),
  ...(params.keepcopyright ? { keepCopyright: true } : {}),
});

/** What the door says where nothing was asked. */
const given = (params: Params, door: Door) => ({
  defaultQuality: door.quality,
  avifEffort: door.avifEffort,
  tiffCompression: door.tiffCompression,
  depth: (params.depth as Output['depth'] | undefined) ?? door.depth,
  metadata: strips(params, door) ? ('strip' as const) : ('keep' as const),
  profile: strips(params, door) || params.noprofile ? ('srgb' as const) : ('keep' as const),
  background: door.background,
});

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
  const { page, pages = 0, dpi } = params;
  return {
    steps,
    decode: {
      damaged: door.damaged,
      ...(page === undefined ? {} : { page }),
      pages,
      ...(dpi ? { dpi } : {}),
    },
    output: {
      ...asked(params),
      ...(accept.length > 0 ? { accept } : {}),
      ...given(params, door),
    },
  };
}
