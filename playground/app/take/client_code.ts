import type { Plan } from '../request/plan.ts';
import type { Picture } from '../source/picture.ts';
import { givenParams, type Params, type State } from '../state/model.ts';
import { data, paramOf } from '../state/page_data.ts';

/** Text as code; lines that end inside of it would end the string. */
const quote = (text: string): string =>
  `'${JSON.stringify(text)
    .slice(1, -1)
    .replaceAll('\\"', '"')
    .replaceAll("'", "\\'")
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029')}'`;

/** A value as code: numbers and booleans as such, everything else as text. */
function valueText(name: string, text: string): string {
  const { kind } = paramOf(name);
  if (kind === 'bool' && /^(true|false)$/.test(text)) return text;
  const isNumber = (kind === 'int' || kind === 'float') && !Number.isNaN(Number(text));
  return isNumber ? String(Number(text)) : quote(text);
}

const fieldsOf = (params: Params): readonly string[] =>
  Object.entries(params).map(([name, text]) => `${name}: ${valueText(name, text)}`);

const objectText = (fields: readonly string[]): string => `{ ${fields.join(', ')} }`;

/** The secrets come from the environment; the page never writes them. */
function optionsText(): string {
  const fields = [
    `url: ${quote(location.origin + data.prefix)}`,
    ...(data.needs.key ? ['key: process.env.IMAGETX_KEY'] : []),
    ...(data.needs.signature ? ['signKey: process.env.IMAGETX_SIGN_KEY'] : []),
  ];
  return objectText(fields);
}

interface WireStep {
  readonly operation: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** The steps of a pipeline, one a line. */
function stepsText(operations: string): string {
  const steps = (JSON.parse(operations) as readonly WireStep[]).map(({ operation, params }) => {
    const texts = Object.fromEntries(Object.entries(params).map(([name, value]) => [name, String(value)]));
    return `  ${objectText([`operation: ${quote(operation)}`, ...fieldsOf(texts)])},`;
  });
  return `[\n${steps.join('\n')}\n]`;
}

/** The call of the client for a plan; `source` is code too. */
function callText({ path, query }: Plan, source: string): string {
  const name = path.slice(1);
  if (name === 'pipeline') return `pipeline(${source}, ${stepsText(query.operations ?? '[]')})`;
  const fields = fieldsOf(query);
  const params = fields.length > 0 ? `, ${objectText(fields)}` : '';
  if (name.startsWith('preset/')) return `preset(${quote(name.slice('preset/'.length))}, ${source}${params})`;
  return `${name}(${source}${params})`;
}

/** The program that does the same with the client; undefined for steps after a preset, which it does not know. */
export function clientCode(state: State, plan: Plan, { input, fileName }: Picture): string | undefined {
  if (state.preset && Object.keys(givenParams(plan.query)).includes('preset')) return undefined;
  const isOwn = state.source.kind === 'own';
  const name = 'url' in input ? String(input.url) : 'file' in input ? String(input.file) : fileName;
  const isPromise = isOwn || data.needs.signature;
  const result = isOwn ? 'picture' : 'url';
  return [
    "import { createClient } from 'imagetx/client';",
    '',
    `const images = createClient(${optionsText()});`,
    ...(isOwn ? [`// file: ${quote(fileName)}, as a File, Blob or Uint8Array`] : []),
    `const ${result} = ${isPromise ? 'await ' : ''}images.${callText(plan, isOwn ? 'file' : quote(name))};`,
  ].join('\n');
}
