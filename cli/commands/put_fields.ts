import type { FieldTable } from '../../common/fields/field.ts';
import { formats, placeholderFields } from '../../engine/catalog.ts';
import { followFields } from '../outputs/follow.ts';
import { ruleFlags } from '../outputs/plan.ts';
import { fanServiceFields, localFields, targetFields } from '../target/fields.ts';

/** Flags that become the object's metadata, under these names. */
export const metadataFields = {
  formats: {
    kind: 'list',
    flag: 'formats',
    doc: 'Output formats of each picture.',
    example: 'svg,jpg',
  },
  presets: {
    kind: 'list',
    flag: 'presets',
    doc: 'Presets: one output each, such as NAME-thumb.webp.',
    example: 'thumb,hero',
  },
  name: {
    kind: 'string',
    flag: 'name',
    doc: 'Name of the outputs without extension; for a single file. Default: the file’s name without its extension.',
  },
  sizes: {
    kind: 'list',
    flag: 'sizes',
    doc: 'Widths in pixels: one output per format and width, such as NAME-320w.jpg.',
  },
  params: {
    kind: 'string',
    flag: 'params',
    doc: 'Conversion parameters as a query string, such as width=800&quality=80. --params-webp and similar flags are for one format.',
  },
  placeholder: {
    ...placeholderFields.placeholder,
    flag: 'placeholder',
    doc: 'Placeholders in the metadata of the outputs and in the manifest.',
  },
  'cache-control': {
    kind: 'string',
    flag: 'cache-control',
    doc: 'Cache header of the outputs. Default: CACHE_CONTROL of the converter.',
    example: 'public, max-age=31536000',
  },
} as const satisfies FieldTable;

const formatWords = formats
  .filter(({ writes }) => writes)
  .flatMap(({ name, extensions }) => [name, ...extensions]);
const perFormat: FieldTable = Object.fromEntries(
  formatWords.map((word) => [`params-${word}`, { kind: 'string', flag: `params-${word}`, doc: '' }]),
);

const ownFields = {
  to: {
    kind: 'string',
    flag: 'to',
    doc: 'Destination of the uploads: gs://BUCKET/FOLDER/. Default: the top of the source bucket.',
  },
  url: {
    kind: 'string',
    flag: 'url',
    doc: 'Service with direct uploads; then no Google credentials are needed.',
    example: 'https://imagetx.example.org',
  },
  key: { kind: 'string', secret: true, flag: 'key', doc: 'API key of the service that --url names.' },
  parallel: { kind: 'int', min: 1, max: 64, default: 4, flag: 'parallel', doc: 'Uploads at the same time.' },
} as const satisfies FieldTable;

const known = {
  ...metadataFields,
  ...ownFields,
  ...followFields,
  ...ruleFlags,
  ...targetFields,
  ...fanServiceFields,
  ...localFields,
} as const;

export const putFields = { ...known, ...perFormat } as typeof known;

/** The metadata from flags. */
export const pickMetadata = (flags: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(flags).filter(
      ([name]) => Object.hasOwn(metadataFields, name) || Object.hasOwn(perFormat, name),
    ),
  );

/** The flags that override Fan's settings. */
export const pickRuleFlags = (flags: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(flags).filter(([name]) => Object.hasOwn(ruleFlags, name)));
