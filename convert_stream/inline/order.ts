import { createHash } from 'node:crypto';
import { type Fault, type FieldTable, readFields } from '../../common/field.ts';
import { checkName, stemOf } from '../../common/object_name.ts';
import { Problem } from '../../common/problem.ts';
import { type Conversion, conversionOf } from '../../engine/conversion.ts';
import { fileName, formats, writableFormat } from '../../engine/formats/index.ts';
import { operationNamed } from '../../engine/operations/index.ts';
import { type ParamName, type Params, params } from '../../engine/params.ts';
import type { Upload, UploadedFile } from '../upload.ts';

/** What a form asks for. */
export interface Order {
  readonly picture: UploadedFile;
  /** The output object's name. */
  readonly object: string;
  /** The format word as given, lower-cased. */
  readonly filetype: string;
  readonly conversion: Conversion;
}

export const operation = 'convert';

/** The form's own fields; `image` and `type` are also parameters of operations, but not here. */
const ownFields: readonly string[] = ['name', 'format', 'image', 'type', 'key'];

const convertFields: FieldTable = Object.fromEntries(
  operationNamed(operation)
    .fields.filter((name) => !ownFields.includes(name))
    .map((name: ParamName) => [name, params[name]]),
);

function pictureIn({ files, fields }: Upload): UploadedFile {
  const picture = files.find(({ field }) => field === 'image');
  if (picture) return picture;
  const others = files.map(({ field }) => JSON.stringify(field)).join(', ');
  const got = fields.has('image') ? 'text' : others ? `a file in ${others}` : 'nothing';
  throw new Problem('missing_image', `image: expected a file, got ${got}`);
}

function formatIn({ fields }: Upload): string {
  const word = fields.get('format')?.trim().toLowerCase();
  if (word) {
    writableFormat(word);
    return word;
  }
  const known = formats.filter(({ writes }) => writes).map(({ name }) => name);
  throw new Problem('missing_param', `format: expected one of ${known.join(', ')}, got nothing`);
}

const sentence = ({ name, expected, raw }: Fault): string =>
  `${name}: expected ${expected}, got ${JSON.stringify(raw.slice(0, 80))}`;

function paramsIn({ fields }: Upload): Params {
  const { values, faults } = readFields(convertFields, fields, 'lenient');
  if (faults.length > 0) throw new Problem('invalid_param', faults.map(sentence).join('; '));
  return values as Params;
}

/**
 * What this form asks for; without `name` the output is called as the uploaded file.
 * @throws Problem `missing_image`, `missing_param`, `unsupported_output`, `invalid_param`.
 */
export function orderOf(upload: Upload): Order {
  const filetype = formatIn(upload);
  const picture = pictureIn(upload);
  const name = checkName(upload.fields.get('name') ?? stemOf(picture.name), { extension: filetype });
  const conversion = conversionOf([{ operation, params: { ...paramsIn(upload), type: filetype } }], 'inline');
  return { picture, filetype, conversion, object: fileName(name, filetype) };
}

/** Where an output came from, for its metadata. */
export const origin = ({ picture }: Order): Readonly<Record<string, string>> => ({
  door: 'inline',
  operation,
  'source-name': picture.name,
  'source-sha256': createHash('sha256').update(picture.data).digest('hex'),
});
