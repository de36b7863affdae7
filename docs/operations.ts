import type { Field } from '../common/fields/field.ts';
import { maxSteps } from '../convert_stream/onthefly/request/pipeline.ts';
import { type EndpointSpec, pathOf } from '../convert_stream/onthefly/routes/endpoint.ts';
import { endpointSpecs } from '../convert_stream/onthefly/routes/endpoints.ts';
import { aliases } from '../engine/aliases.ts';
import { effectFields } from '../engine/effects/index.ts';
import { commonFields } from '../engine/operations/from_params.ts';
import { operations } from '../engine/operations/index.ts';
import type { Operation } from '../engine/operations/operation.ts';
import { params } from '../engine/params.ts';
import { type ExamplePicture, effectExamples, examplePictures, source } from './pictures.ts';

const escaped = (text: string): string => text.replaceAll('|', '\\|');

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

function example(name: string, picture: ExamplePicture): readonly string[] {
  const { query, doc, file, width, height, type, before } = picture;
  const request = `\`/${name}${query && `?${escaped(query)}`}\``;
  const from = before ? `![before](pictures/${before}) → ` : '';
  return [
    `${request}<br>${escaped(doc)}<br>${width} x ${height} ${type}`,
    `${from}![${escaped(doc)}](pictures/${file})`,
  ];
}

const listed = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ');

/** The parameters of an operation; what most of them take is not listed again. */
function takes({ fields }: Operation): string {
  if (fields.length === 0) return 'none';
  const lacking = commonFields.filter((field) => !fields.includes(field));
  const own = fields.filter((field) => !commonFields.includes(field));
  const common = `the [common ones](#common-parameters)${lacking.length ? ` but ${listed(lacking)}` : ''}`;
  return own.length ? `${common}, and ${listed(own)}` : common;
}

function section(operation: Operation, pictures: readonly ExamplePicture[]): string {
  const rows = pictures.map((picture) => example(operation.name, picture));
  const requests = table(['request', 'result'], rows);
  return `## ${operation.name}\n\n${operation.summary}\n\n${requests}\n\nParameters: ${takes(operation)}.\n`;
}

/** What every operation can do besides. */
function effectsSection(pictures: readonly ExamplePicture[]): string {
  const rows = pictures.map((picture) => example(effectExamples.name, picture));
  const fields = table(
    ['parameter', 'meaning'],
    Object.entries(effectFields).map(([name, { doc }]) => [`\`${name}\``, escaped(doc)]),
  );
  return `## Effects\n\n${effectExamples.summary}\n\n${table(['request', 'result'], rows)}\n\n${fields}\n`;
}

/** The kind of a field with its range, or its words. */
function kindOf({ kind, values = [], min, max, names = {}, count: [least, most] = [1, 1] }: Field): string {
  if (kind === 'enum') return values.join(', ');
  if (kind === 'colours') return least === most ? `${most} colours` : `${least} to ${most} colours`;
  const range = max === undefined ? kind : `${kind}, ${min ?? 0} to ${max}`;
  return [range, ...Object.keys(names)].join(' or ');
}

const parameter = (name: string, field: Field): readonly string[] => [
  `\`${name}\``,
  `${kindOf(field)}${field.unit ? `, ${field.unit}` : ''}`,
  escaped(field.doc),
  field.example === undefined ? '' : `\`${field.example}\``,
];

const head = `<!-- Written by npm run docs. -->
# Operations

Every operation is an endpoint of the on-the-fly door (\`POST /NAME\` with the picture as body or as form part
\`file\`, \`GET /NAME?file=\` or \`?url=\` where the server has such a source) and a step of \`/pipeline\`. Its
parameters are form fields of the inline door and \`params\` of the batch door.

The examples start from this picture of ${source.width} x ${source.height}. It and all results are shown at half
their size:

![source](pictures/source.webp)
`;

/** What an endpoint answers, in a word. */
function answerOf({ success }: EndpointSpec): string {
  if (typeof success === 'string') return success === 'picture' ? 'picture' : success.toUpperCase();
  return `JSON: ${success.json}`;
}

/** The endpoints that are no operations. */
function otherEndpoints(): string {
  const others = endpointSpecs.filter(({ name }) => !operations.some((one) => one.name === name));
  const rows = others.map((spec) => [
    `\`${pathOf(spec)}\``,
    spec.methods.map((method) => method.toUpperCase()).join(', '),
    answerOf(spec),
    spec.summary,
  ]);
  return `## Other endpoints\n\n\`/openapi.json\` describes all of them.\n\n${table(['path', 'methods', 'answer', 'what'], rows)}\n`;
}

const tail = `## pipeline

Does up to ${maxSteps} operations in turn, in as few passes over the pixels as possible. \`operations\` is JSON:

\`\`\`json
[
  { "operation": "autorotate" },
  { "operation": "fit", "params": { "width": 1024, "height": 1024, "type": "webp" } },
  { "operation": "watermark", "params": { "text": "draft" }, "ignore_failure": true }
]
\`\`\`

All steps are checked before the first one is done. A failing step with \`ignore_failure\` is left out.

## images

\`GET /images/NAME?w=200&h=200\` is short for \`/resize?file=NAME&width=200&height=200\`; without a size, a
type and a preset the answer is the picture as it is. Its signature covers the path, a \`?\`, and the query; \`imagetx sign\` makes it.
`;

/** Names of other services that need more than another name. */
const meanings: Readonly<Record<string, string>> = {
  con: '-100 to 100: `contrast` from 0 to 2',
  bri: '-100 to 100: `brightness` from 0 to 2',
  mod: '`brightness`, `saturation`, `hue` in one list',
  modulate: '`brightness`, `saturation`, `hue` in one list',
  filt: '`greyscale`, `sepia`, `negate`, or `duotone` from `start` to `stop`',
  mask: '`circle`: `radius=max`',
  a: '`top`, `left` ...: `gravity`; `top-left` ..., `focal` with `fpx` and `fpy`, `focal-30-40`: `focus`',
  bg: '`background`; the # may be left out',
  cbg: '`background` with `extend=background`',
  output: '`type`; `jpg` is `jpeg`',
  fm: '`type`; `jpg` is `jpeg`',
  we: '`withoutenlargement`',
  il: '`interlace`',
  ll: '`lossless`',
};

/** The aliases, except those that are only read together with another one. */
function aliasSection(): string {
  const rows = Object.entries(aliases).flatMap(([name, alias]) => {
    const meaning = typeof alias === 'string' ? `\`${alias}\`` : meanings[name];
    return meaning ? [[`\`${name}\``, escaped(meaning)]] : [];
  });
  return `## Names of other services\n\nUsers of weserv, ipx, imgproxy and imgix find some of their names here too, at every door. A name of ours beside them wins. Names that mean something else here (\`flip\` of weserv, \`brightness\` of imgproxy) stay ours. What follows an address in \`url=\` that is not escaped changes nothing, unless Imaginary reads it or URLs are signed: escape the address.\n\n${table(['name', 'meaning'], rows)}\n`;
}

/** docs/operations.md. */
export async function operationsPage(): Promise<string> {
  const pictures = await examplePictures();
  const sections = [...pictures].map(([operation, made]) =>
    operation === effectExamples ? effectsSection(made) : section(operation, made),
  );
  const rows = Object.entries(params).map(([name, field]) => parameter(name, field));
  const common = `## Common parameters\n\n${listed(commonFields)}\n`;
  const all = `## Parameters\n\nNumbers are read as Imaginary reads them: rounded, without sign. Every parameter of a request is checked, used or not.\n\n${table(['name', 'kind', 'meaning', 'example'], rows)}\n`;
  return [head, ...sections, tail, otherEndpoints(), common, all, aliasSection()].join('\n');
}
