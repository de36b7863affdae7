import type { FieldTable, ValuesOf } from '../common/fields/field.ts';
import type { Presets } from '../engine/catalog.ts';
import { limitFields, presetFields } from '../engine/settings.ts';

/** The buckets of the batch door, and where outputs are in theirs. */
export const bucketFields = {
  SRC_BUCKET_NAME: { kind: 'string', required: true, doc: 'Bucket whose uploads are converted.' },
  DEST_BUCKET_NAME: { kind: 'string', required: true, doc: 'Bucket of the outputs.' },
  DEST_PREFIX: {
    kind: 'string',
    default: '',
    doc: 'Prefix of every output’s name. Required when both buckets are the same: Fan ignores objects with this prefix.',
    example: 'converted/',
  },
} as const satisfies FieldTable;

/** Which objects are converted, into which outputs by default, and how outputs are named. */
export const planFields = {
  DEFAULT_FORMATS: {
    kind: 'list',
    default: [],
    doc: 'Formats of objects without metadata `formats`. Default: Fan ignores such objects.',
    example: 'webp,avif',
  },
  DEFAULT_SIZES: {
    kind: 'list',
    default: [],
    doc: 'Widths in pixels for objects without metadata `sizes`.',
    example: '320,640',
  },
  DEFAULT_PARAMS: {
    kind: 'string',
    default: '',
    doc: 'Conversion parameters for objects without metadata `params`, as a query string.',
    example: 'quality=70',
  },
  ...presetFields,
  DEFAULT_PRESETS: {
    kind: 'list',
    default: [],
    doc: 'Presets of objects without metadata `presets` and `formats`: one output each.',
    example: 'thumb,hero',
  },
  INCLUDE: {
    kind: 'list',
    default: [],
    doc: 'Glob patterns of the objects to convert: `*` matches within a folder, `**` across folders. Default: all objects.',
    example: 'photos/**',
  },
  EXCLUDE: {
    kind: 'list',
    default: [],
    doc: 'Glob patterns of objects to ignore, even if included.',
    example: '**/*.tmp',
  },
  MAX_OUTPUTS: { kind: 'int', min: 1, max: 300, default: 100, doc: 'Maximum number of outputs per object.' },
  MAX_OUTPUT_SIDE: {
    ...limitFields.MAX_OUTPUT_SIDE,
    doc: 'Largest width that `sizes` may name. Set the same value for the converter.',
  },
  NAMES: {
    kind: 'enum',
    values: ['stem', 'full'],
    default: 'stem',
    doc: 'How Fan names the outputs of an object without metadata `name`. stem: the object’s name without a picture’s extension, `logo.webp`; logo.png and logo.gif then have the same output, and the second one gets a failure record. full: the object’s whole name, `logo.png.webp`, which is unique.',
  },
  CARRY_METADATA: {
    kind: 'list',
    default: [],
    doc: 'Names of custom metadata that outputs take over from their source; `*`: all custom metadata except imagetx’s own keys. Outputs are as public as their bucket. Outputs always take over Cache-Control, Content-Disposition and Content-Language.',
    example: 'alt,owner',
  },
} as const satisfies FieldTable;

/** The settings that decide which outputs an object has. */
export type PlanSettings = ValuesOf<typeof bucketFields & typeof planFields> & {
  /** The presets in the file PRESETS. Default: none. */
  readonly presets?: Presets;
};
