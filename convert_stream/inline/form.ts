import { checkName } from '../../common/object_name.ts';
import { Problem } from '../../common/problem.ts';
import {
  acceptedFormats,
  type Conversion,
  conversionOf,
  type Format,
  fileName,
  formats,
  isParam,
  operation,
  type Params,
  readParams,
  stemOf,
  writableFormat,
} from '../../engine/catalog.ts';
import type { Query } from '../http/query.ts';
import type { Upload, UploadedFile } from '../upload/multipart.ts';

/** What a form asks for. */
export interface Order {
  readonly picture: UploadedFile;
  /** The output object's name. */
  readonly object: string;
  /** The format word as given, lower-cased; `auto` until it is chosen. */
  readonly filetype: string;
  readonly conversion: Conversion;
}

function pictureIn({ files, fields }: Upload): UploadedFile {
  const picture = files.find(({ field }) => field === 'image');
  if (picture) return picture;
  const others = files.map(({ field }) => JSON.stringify(field)).join(', ');
  const got = fields.has('image')
    ? 'text: a part without a filename'
    : others
      ? `a file in ${others}`
      : 'nothing';
  throw new Problem('missing_image', `image: expected a file, got ${got}`);
}

/** Leaves the choice to the client's Accept and the picture; no extension that can be chosen is longer. */
const auto = 'auto';

function formatIn({ fields }: Upload): string {
  const word = fields.get('format')?.trim().toLowerCase();
  if (word === auto) return word;
  if (word) {
    writableFormat(word);
    return word;
  }
  const known = [...formats.filter(({ writes }) => writes).map(({ name }) => name), auto];
  throw new Problem('missing_param', `format: expected one of ${known.join(', ')}, got nothing`);
}

const ownFields: readonly string[] = ['name', 'format', 'image', 'key'];

/** A misspelt field would be an output that nobody asked for, and nobody told. */
function checkFields({ fields, files }: Upload): void {
  const names = new Set([...fields.keys(), ...files.map(({ field }) => field)]);
  const unknown = [...names].filter((name) => !ownFields.includes(name) && !isParam(name));
  if (unknown.length === 0) return;
  const expected = `${ownFields.join(', ')} and parameters of ${operation} (docs/operations.md)`;
  const got = unknown.map((name) => JSON.stringify(name)).join(', ');
  throw new Problem('invalid_param', `form: expected the fields ${expected}, got ${got}`);
}

/** Parameters of the query that guards read. */
const guardNames: readonly string[] = ['key', 'sign', 'expires'];

/** The upload with the fields of the query among its own. @throws Problem `invalid_param` where the two differ. */
function withQuery(upload: Upload, { texts }: Query): Upload {
  const fields = new Map(upload.fields);
  for (const [name, inQuery] of texts) {
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

function paramsIn({ fields }: Upload): Params {
  const { given, wrong } = readParams(fields);
  if (wrong.length > 0) throw new Problem('invalid_param', wrong.join('; '));
  return given;
}

/** What a request brings: its form, its query, and its Accept header for `format=auto`. */
export interface Asked {
  readonly upload: Upload;
  readonly query: Query;
  readonly accept: string | undefined;
}

/**
 * What a request asks for by form fields, by query parameters, or by both. Without `name` the output is called as the
 * uploaded file.
 * @throws Problem `missing_image`, `missing_param`, `unsupported_output`, `invalid_param`.
 */
export function orderOf({ upload: form, query, accept }: Asked): Order {
  const upload = withQuery(form, query);
  const filetype = formatIn(upload);
  const picture = pictureIn(upload);
  checkFields(upload);
  const name = checkName(upload.fields.get('name') ?? stemOf(picture.name), { extension: filetype });
  const steps = [{ operation, params: { ...paramsIn(upload), type: filetype } }];
  const accepted = filetype === auto ? acceptedFormats(accept) : [];
  const conversion = conversionOf(steps, 'inline', accepted);
  return { picture, filetype, conversion, object: fileName(name, filetype) };
}

/** The order once its format is known: one chosen by `auto` gives the output its usual extension. */
export function settled(order: Order, { name, extensions }: Format): Order {
  if (order.filetype !== auto) return order;
  const [filetype = name] = extensions;
  return { ...order, filetype, object: fileName(order.object.slice(0, -`.${auto}`.length), filetype) };
}

/** Where an output came from, for its metadata. */
export const origin = ({ picture }: Order): Readonly<Record<string, string>> => ({
  door: 'inline',
  operation,
  'source-name': picture.name,
  'source-bytes': String(picture.data.length),
});
