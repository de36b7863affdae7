import type { FieldTable } from '../../common/field.ts';
import { formats } from '../../engine/catalog.ts';
import { followFields } from '../outputs/follow.ts';
import { ruleFlags } from '../outputs/plan.ts';
import { fanPlaceFields, localFields, targetFields } from '../target/fields.ts';

/** What goes into the object's metadata, under these names. */
export const wishFields = {
  formats: {
    kind: 'list',
    flag: 'formats',
    doc: 'What to make of each picture.',
    example: 'svg,jpg',
  },
  name: {
    kind: 'string',
    flag: 'name',
    doc: 'Name of the outputs, without extension; for one file. Default: the file’s name without its extension.',
  },
  sizes: {
    kind: 'list',
    flag: 'sizes',
    doc: 'Widths in pixels: one output per format and width, as NAME-320w.jpg.',
  },
  params: {
    kind: 'string',
    flag: 'params',
    doc: 'Conversion parameters as a query string, such as width=800&quality=80; --params-webp and the like for one format.',
  },
  'cache-control': {
    kind: 'string',
    flag: 'cache-control',
    doc: 'Cache header of the outputs. Default: CACHE_CONTROL of the converter.',
    example: 'public, max-age=31536000',
  },
} as const satisfies FieldTable;

const words = formats.filter(({ writes }) => writes).flatMap(({ name, extensions }) => [name, ...extensions]);
const perFormat: FieldTable = Object.fromEntries(
  words.map((word) => [`params-${word}`, { kind: 'string', flag: `params-${word}`, doc: '' }]),
);

const ownFields = {
  to: {
    kind: 'string',
    flag: 'to',
    doc: 'Where to upload: gs://BUCKET/FOLDER/. Default: the top of the source bucket.',
  },
  parallel: { kind: 'int', min: 1, max: 64, default: 4, flag: 'parallel', doc: 'Uploads at a time.' },
} as const satisfies FieldTable;

const known = {
  ...wishFields,
  ...ownFields,
  ...followFields,
  ...ruleFlags,
  ...targetFields,
  ...fanPlaceFields,
  ...localFields,
} as const;

export const putFields = { ...known, ...perFormat } as typeof known;

/** The metadata that flags ask for. */
export const metadataOf = (flags: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(flags).filter(
      ([name]) => Object.hasOwn(wishFields, name) || Object.hasOwn(perFormat, name),
    ),
  );

/** The flags that override Fan's settings. */
export const pickRuleFlags = (flags: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(flags).filter(([name]) => Object.hasOwn(ruleFlags, name)));
