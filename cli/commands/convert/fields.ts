import { type FieldTable, mapTable } from '../../../common/fields/field.ts';
import { doors, formats, operations, params } from '../../../engine/catalog.ts';
import { limitFields } from '../../../engine/settings.ts';

const limitFlags = mapTable(limitFields, (field, name) => ({
  ...field,
  flag: name.toLowerCase().replaceAll('_', '-'),
}));

/** Parameters of operations, as flags under the same names; `--format` stands for the type. */
const { type: _, ...parameters } = params;
export const parameterFlags = mapTable(parameters, (field, name) => ({ ...field, flag: name }));

const ownFields = {
  out: {
    kind: 'string',
    example: 'small.webp',
    flag: 'o',
    doc: 'Where outputs go: a file, a folder (for several outputs, or with / at the end), a pattern such as out/{name}-small.{ext}, or - for standard output. Default: beside each source.',
  },
  format: {
    kind: 'list',
    example: 'webp,avif',
    flag: 'format',
    suggestions: formats.filter(({ writes }) => writes).map(({ name }) => name),
    doc: 'Formats of the outputs, such as webp,avif. Default: by the extension of the output file, else that of the source; JPEG or PNG where it cannot be written.',
  },
  formats: { kind: 'list', flag: 'formats', doc: '' },
  sizes: {
    kind: 'list',
    flag: 'sizes',
    doc: 'Widths in pixels: one output per format and width, such as NAME-320w.jpg.',
    example: '320,640',
  },
  presets: {
    kind: 'list',
    flag: 'presets',
    doc: 'Presets: one output for each, such as NAME-thumb.webp. Parameters beside it win over those of a preset.',
    example: 'thumb,hero',
  },
  preset: { kind: 'list', flag: 'preset', doc: '' },
  'presets-file': {
    kind: 'string',
    flag: 'presets-file',
    doc: 'File or gs:// URL of the presets, in YAML or JSON. Default: the environment variable PRESETS.',
  },
  operation: {
    kind: 'enum',
    values: operations.map(({ name }) => name),
    default: 'convert',
    flag: 'operation',
    doc: 'Operation. convert scales by --width and --height.',
  },
  params: {
    kind: 'string',
    default: '',
    flag: 'params',
    doc: 'Parameters as a query string, such as width=800&quality=80; each is a flag too.',
  },
  all: {
    kind: 'bool',
    default: false,
    flag: 'all',
    doc: 'Makes outputs that are up to date too: same source, same parameters as in .imagetx.json beside the outputs.',
  },
  'dry-run': {
    kind: 'bool',
    default: false,
    flag: 'dry-run',
    doc: 'Lists what would be made, and writes nothing.',
  },
  parallel: {
    kind: 'int',
    min: 1,
    max: 256,
    flag: 'parallel',
    doc: 'Pictures at the same time. Default: the number of cores.',
  },
  door: {
    kind: 'enum',
    values: Object.keys(doors),
    default: 'inline',
    flag: 'door',
    doc: 'Door whose defaults apply to parameters that are left out.',
  },
  json: {
    kind: 'bool',
    default: false,
    flag: 'json',
    doc: 'Prints one JSON object per output: file, source, state, format, width, height, bytes, error.',
  },
} as const satisfies FieldTable;

export const convertFields = { ...ownFields, ...parameterFlags, ...limitFlags } as const;
