import type { Colour } from '../common/colour.ts';
import { describeParseError, type FieldTable, readFields } from '../common/fields/field.ts';
import { aliases, isAlias, resolveAliases } from './aliases.ts';
import { type DoorDefaults, type DoorName, doors } from './door_defaults.ts';
import { outputFields } from './operations/from_params.ts';
import { operationNamed } from './operations/index.ts';
import { autoQuality, type Params, params } from './params.ts';

export interface Step {
  readonly operation: string;
  readonly params: Params;
  /** If the step fails, the conversion goes on without it. */
  readonly ignoreFailure?: boolean;
}

/** How the input is read. */
export interface Decode {
  readonly damaged: 'read' | 'refuse';
  /** First page or frame, from 0; absent: the main picture by the file itself, else the first. */
  readonly page?: number;
  /** Number of pages or frames; 0: as many as the output can hold and the limits allow. */
  readonly pages: number;
  /** Resolution of a page of a document. */
  readonly dpi?: number;
}

/** The main page or frame only, however damaged the file is. */
export const firstPage: Decode = { damaged: 'read', pages: 1 };

/** How the picture is encoded: part of a Conversion, plain JSON. */
export interface Output {
  /** Name of a format; absent: as the input. `auto`: the best of `accept`. */
  readonly type?: string;
  /** Names of the formats that the client takes, best first; used with `auto`. */
  readonly accept?: readonly string[];
  /** 1 to 100; absent: the default. */
  readonly quality?: number;
  /** Whether quality is searched: the lowest whose output is `similarity` like the original. */
  readonly autoQuality?: boolean;
  /** Structural similarity that `autoQuality` aims at, 0 to 1. */
  readonly similarity?: number;
  /** The most bytes of the output: quality is lowered until it fits. */
  readonly maxBytes?: number;
  /** The door's quality, for formats without a default of their own. */
  readonly defaultQuality: number;
  readonly compression?: number;
  readonly palette?: boolean;
  readonly interlace?: boolean;
  readonly lossless?: boolean;
  readonly effort?: number;
  /** How SVG is made: `auto`, `wrap`, `trace`, or a preset of tracing. */
  readonly svg?: string;
  readonly tiffCompression: 'none' | 'deflate';
  /** The door's effort for AVIF, 0 to 9. */
  readonly avifEffort: number;
  /** EXIF and XMP: `keep` also keeps the colour profile unconverted. */
  readonly metadata: 'keep' | 'strip';
  /** Whether Artist and Copyright stay where the rest of EXIF is dropped. */
  readonly keepCopyright?: boolean;
  /** Bits a sample: `keep` writes sixteen where input and output have them. */
  readonly depth: '8' | 'keep';
  /** Colour profile: kept with unconverted pixels, or converted to sRGB and dropped. */
  readonly profile: 'keep' | 'srgb';
  /** Colour under transparency, where the format has none and the operation set no background. */
  readonly background: Colour;
}

/** The whole job as plain JSON: it goes into a task, a cache key, a log line, a test. */
export interface Conversion {
  readonly steps: readonly Step[];
  readonly decode: Decode;
  readonly output: Output;
}

const inRange = (value: number | undefined, max: number): value is number =>
  value !== undefined && value >= 1 && value <= max;

const isOutputField = (name: string): name is (typeof outputFields)[number] =>
  (outputFields as readonly string[]).includes(name);

/** The parameters of the output: of each, the last step whose operation takes it wins. */
function outputParams(steps: readonly Step[]): Params {
  const values: Record<string, unknown> = {};
  for (const { operation, params } of steps) {
    const { fields } = operationNamed(operation);
    for (const [name, value] of Object.entries(params))
      if (value !== undefined && isOutputField(name) && fields.includes(name)) values[name] = value;
  }
  return values;
}

const stripsMetadata = (values: Params, door: DoorDefaults): boolean =>
  values.stripmeta ?? door.metadata === 'strip';

/** The options of the encoder that parameters set; values out of range count as absent. */
const encoderOptions = (values: Params): Partial<Output> => ({
  ...(values.type ? { type: values.type.toLowerCase() } : {}),
  ...(inRange(values.quality, 100) ? { quality: values.quality } : {}),
  ...(values.quality === autoQuality ? { autoQuality: true } : {}),
  ...(values.similarity ? { similarity: Math.min(values.similarity, 1) } : {}),
  ...(values.maxbytes ? { maxBytes: values.maxbytes } : {}),
  ...(inRange(values.compression, 9) ? { compression: values.compression } : {}),
  ...(values.palette ? { palette: true } : {}),
  ...(values.interlace ? { interlace: true } : {}),
  ...(values.lossless ? { lossless: true } : {}),
  ...(values.effort === undefined ? {} : { effort: values.effort }),
  ...(values.svg ? { svg: values.svg } : {}),
  ...(values.keepcopyright ? { keepCopyright: true } : {}),
});

/** The options that the door sets where parameters do not. */
const doorOptions = (values: Params, door: DoorDefaults) => ({
  defaultQuality: door.quality,
  avifEffort: door.avifEffort,
  tiffCompression: door.tiffCompression,
  depth: (values.depth as Output['depth'] | undefined) ?? door.depth,
  metadata: stripsMetadata(values, door) ? ('strip' as const) : ('keep' as const),
  profile: stripsMetadata(values, door) || values.noprofile ? ('srgb' as const) : ('keep' as const),
  background: door.background,
});

/**
 * A conversion from its steps, with the door's defaults for everything that they leave open.
 * `accept`: names of formats that the client accepts, best first, for `type=auto`.
 */
export function conversionOf(
  steps: readonly Step[],
  doorName: DoorName,
  accept: readonly string[] = [],
): Conversion {
  const door: DoorDefaults = doors[doorName];
  const values = outputParams(steps);
  const { page, pages = 0, dpi } = values;
  return {
    steps,
    decode: {
      damaged: door.damaged,
      ...(page === undefined ? {} : { page }),
      pages,
      ...(dpi ? { dpi } : {}),
    },
    output: {
      ...encoderOptions(values),
      ...(accept.length > 0 ? { accept } : {}),
      ...doorOptions(values, door),
    },
  };
}

/** The operation of forms and tasks, which name their format beside the parameters. */
export const convertOperation = 'convert';

/** The steps with the output's type in the last one that takes a type, else with a step more. */
export function inFormat(steps: readonly Step[], type: string): readonly Step[] {
  const at = steps.findLastIndex(({ operation }) => operationNamed(operation).fields.includes('type'));
  if (at === -1) return [...steps, { operation: convertOperation, params: { type } }];
  return steps.map((step, index) => (index === at ? { ...step, params: { ...step.params, type } } : step));
}

const convertFields: FieldTable = Object.fromEntries(
  operationNamed(convertOperation)
    .fields.filter((name) => name !== 'type')
    .map((name) => [name, params[name]]),
);

/** Whether forms and tasks take a parameter, under its own name or another one. */
export const isConvertParam = (name: string): boolean =>
  Object.hasOwn(convertFields, name) ||
  (isAlias(name) &&
    (typeof aliases[name] === 'function' || Object.hasOwn(convertFields, aliases[name] ?? '')));

/** Reads the parameters of forms and tasks. Each error is a sentence. */
export function readConvertParams(texts: Iterable<readonly [string, string]>): {
  readonly params: Params;
  readonly errors: readonly string[];
} {
  const { values, errors } = readFields(convertFields, resolveAliases(texts), 'lenient');
  return { params: values as Params, errors: errors.map(describeParseError) };
}

/** The conversion to a format. @param format a word of a format that can be written. */
export const convertTo = (format: string, values: Params, door: DoorName): Conversion =>
  conversionOf([{ operation: convertOperation, params: { ...values, type: format } }], door);
