import { checkName } from '../../common/object_name.ts';
import { Problem } from '../../common/problem.ts';
import {
  acceptedFormats,
  addStep,
  type Conversion,
  conversionOf,
  convertOperation,
  type Format,
  fileName,
  formats,
  isConvertParam,
  type Params,
  type PlaceholderName,
  type Preset,
  type Presets,
  presetNamed,
  readConvertParams,
  readPlaceholders,
  stemOf,
  writableFormat,
} from '../../engine/catalog.ts';
import { checkOneEach, type Query } from '../http/query.ts';
import type { Upload, UploadedFile } from '../upload/multipart.ts';

/** A conversion that a form asks for. */
export interface InlineRequest {
  readonly picture: UploadedFile;
  /** The output object's name. */
  readonly object: string;
  /** The word for the format, in lower case; `auto` until the format is chosen. */
  readonly filetype: string;
  readonly conversion: Conversion;
  /** The preset that the conversion is made from. */
  readonly preset?: Preset;
  /** Placeholders of the output that are asked for. */
  readonly placeholders: readonly PlaceholderName[];
}

function findPicture({ files, fields }: Upload): UploadedFile {
  const [picture, ...rest] = files.filter(({ field }) => field === 'image');
  if (rest.length > 0) throw new Problem('invalid_param', `image: expected one file, got ${rest.length + 1}`);
  if (picture) return picture;
  const others = files.map(({ field }) => JSON.stringify(field)).join(', ');
  const got = fields.has('image')
    ? 'text: a part without a filename'
    : others
      ? `a file in ${others}`
      : 'nothing';
  throw new Problem('missing_image', `image: expected a file, got ${got}`);
}

/** Leaves the choice of format to the client's Accept and the picture; no extension that may be chosen is longer. */
const auto = 'auto';

/** The format that a preset names; one without a format leaves the choice as `auto` does. */
const formatOfPreset = ({ steps }: Preset): string => conversionOf(steps, 'inline').output.type ?? auto;

function readFormat({ fields }: Upload, preset: Preset | undefined): string {
  const word = fields.get('format')?.trim().toLowerCase() || (preset && formatOfPreset(preset));
  if (word === auto) return word;
  if (word) {
    writableFormat(word);
    return word;
  }
  const known = [...formats.filter(({ writes }) => writes).map(({ name }) => name), auto];
  throw new Problem('missing_param', `format: expected one of ${known.join(', ')}, got nothing`);
}

const ownFields: readonly string[] = ['name', 'format', 'image', 'preset', 'placeholder', 'key'];

/** The fields that ONLY_PRESETS lets through. */
const presetFields: readonly string[] = ['name', 'image', 'preset', 'placeholder', 'key'];

/** @throws Problem `forbidden` for fields that change a preset, and for a form without one. */
function checkOnlyPresets({ fields }: Upload): void {
  const others = [...fields.keys()].filter((name) => !presetFields.includes(name));
  if (fields.get('preset') && others.length === 0) return;
  const got = others.length > 0 ? others.map((name) => JSON.stringify(name)).join(', ') : 'no preset';
  throw new Problem(
    'forbidden',
    `form: expected preset, name and image alone, since ONLY_PRESETS is set; got ${got}`,
  );
}

/** Refuses unknown fields: a misspelt one would silently give another output than the client wants. */
function checkFields({ fields, files }: Upload): void {
  const names = new Set([...fields.keys(), ...files.map(({ field }) => field)]);
  const unknown = [...names].filter((name) => !ownFields.includes(name) && !isConvertParam(name));
  if (unknown.length === 0) return;
  const expected = `${ownFields.join(', ')} and parameters of ${convertOperation} (docs/operations.md)`;
  const got = unknown.map((name) => JSON.stringify(name)).join(', ');
  throw new Problem('invalid_param', `form: expected the fields ${expected}, got ${got}`);
}

/** Query parameters that belong to the guards. */
const guardNames: readonly string[] = ['key', 'sign', 'expires'];

/** Adds the query's parameters to the form's fields. @throws Problem `invalid_param` for a name with different values. */
function withQuery(upload: Upload, query: Query): Upload {
  checkOneEach(query);
  checkOneEach(upload);
  const fields = new Map(upload.fields);
  for (const [name, inQuery] of query.texts) {
    if (guardNames.includes(name)) continue;
    const inForm = fields.get(name) ?? inQuery;
    if (inForm !== inQuery) {
      const both = `${JSON.stringify(inQuery)} in the query and ${JSON.stringify(inForm)} in the form`;
      throw new Problem('invalid_param', `${name}: expected one value, got ${both}`);
    }
    fields.set(name, inQuery);
  }
  return { ...upload, fields };
}

/** The parameters of a form. Beside a preset an empty field is none. */
function checkParams({ fields }: Upload, preset: Preset | undefined): Params {
  const given = preset ? [...fields].filter(([, text]) => text !== '') : fields;
  const { params, errors } = readConvertParams(given);
  if (errors.length > 0) throw new Problem('invalid_param', errors.join('; '));
  return params;
}

/** The parts of a request that describe the conversion; its Accept header counts for `format=auto`. */
export interface RequestParts {
  readonly upload: Upload;
  readonly query: Query;
  readonly accept: string | undefined;
}

/** The presets that a form may name. */
export interface PresetRules {
  readonly presets: Presets;
  /** Whether it must name one, and may change nothing. */
  readonly onlyPresets: boolean;
}

/**
 * Reads a conversion from form fields, query parameters, or both. Without `name` the output gets the name of the
 * uploaded file.
 * @throws Problem `missing_image`, `missing_param`, `unsupported_output`, `invalid_param`, `forbidden`.
 */
export function readInlineRequest(
  { upload: form, query, accept }: RequestParts,
  { presets, onlyPresets }: PresetRules,
): InlineRequest {
  const upload = withQuery(form, query);
  if (onlyPresets) checkOnlyPresets(upload);
  const presetName = upload.fields.get('preset');
  const preset = presetName ? presetNamed(presets, presetName) : undefined;
  const filetype = readFormat(upload, preset);
  const picture = findPicture(upload);
  checkFields(upload);
  const name = checkName(upload.fields.get('name') ?? stemOf(picture.name), { extension: filetype });
  const own = { operation: convertOperation, params: { ...checkParams(upload, preset), type: filetype } };
  const steps = addStep(preset?.steps ?? [], own);
  const accepted = filetype === auto ? acceptedFormats(accept) : [];
  const conversion = conversionOf(steps, 'inline', accepted);
  return {
    picture,
    filetype,
    conversion,
    object: fileName(name, filetype),
    placeholders: readPlaceholders(upload.fields.get('placeholder')),
    ...(preset ? { preset } : {}),
  };
}

/** Puts the chosen format in the place of `auto`: the output gets the usual extension of that format. */
export function withChosenFormat(request: InlineRequest, { name, extensions }: Format): InlineRequest {
  if (request.filetype !== auto) return request;
  const [filetype = name] = extensions;
  return { ...request, filetype, object: fileName(request.object.slice(0, -`.${auto}`.length), filetype) };
}

/** Metadata of an output that tells where it came from. */
export const uploadMetadata = ({ picture, preset }: InlineRequest): Readonly<Record<string, string>> => ({
  door: 'inline',
  operation: convertOperation,
  ...(preset ? { preset: preset.name } : {}),
  'source-name': picture.name,
  'source-bytes': String(picture.data.length),
});
