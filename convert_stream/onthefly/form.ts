import type { Field } from '../../common/field.ts';
import { commonFields } from '../../engine/arrange.ts';
import { formats } from '../../engine/formats/index.ts';
import type { Example, Operation } from '../../engine/operation.ts';
import { operations } from '../../engine/operations/index.ts';
import { type ParamName, params } from '../../engine/params.ts';
import { page } from './form_page.ts';

export { formPolicy } from './form_page.ts';

const marks: Readonly<Record<string, string>> = { '<': '&lt;', '>': '&gt;', '"': '&quot;' };
/** Text as HTML; an & before a parameter stays as it is, as in Imaginary's form. */
const html = (text: string): string => text.replace(/[<>"]/g, (mark) => marks[mark] ?? mark);

/** A picture that anyone may fetch, for examples that name one. */
const sampleLogo = 'https://www.w3.org/Icons/w3c_home.png';

const types = ['auto', ...formats.filter(({ writes }) => writes).map(({ name }) => name)];

/** The words that a parameter may be, where there are only some. */
function wordsOf(name: ParamName, { kind, values }: Field): readonly string[] | undefined {
  if (name === 'type') return types;
  return kind === 'bool' ? ['true', 'false'] : values;
}

const inputModes: Readonly<Partial<Record<Field['kind'], string>>> = { int: 'numeric', float: 'decimal' };

function control(name: ParamName): string {
  const field: Field = params[name];
  const words = wordsOf(name, field);
  if (words === undefined)
    return `<input data-param="${name}" inputmode="${inputModes[field.kind] ?? 'text'}" placeholder="${html(field.example ?? '')}">`;
  const options = ['', ...words].map((word) => `<option>${word}</option>`);
  return `<select data-param="${name}">${options.join('')}</select>`;
}

function labelled(name: ParamName): string {
  const { doc, unit }: Field = params[name];
  const of = unit ? ` <small>${unit}</small>` : '';
  return `<label><span><code>${name}</code>${of}</span>${control(name)}<small>${html(doc)}</small></label>`;
}

/** What is tried: an operation, or an endpoint that is none. */
interface Trial {
  readonly name: string;
  readonly summary: string;
  readonly examples: readonly Example[];
  readonly controls: readonly string[];
}

const ownFirst = ({ fields }: Operation): readonly ParamName[] => [
  ...fields.filter((name) => !commonFields.includes(name)),
  ...fields.filter((name) => commonFields.includes(name)),
];

const steps = '[{"operation":"autorotate"},{"operation":"fit","params":{"width":300,"height":300}}]';
const trials: readonly Trial[] = [
  ...operations.map((one) => ({ ...one, controls: ownFirst(one).map(labelled) })),
  {
    name: 'pipeline',
    summary: 'Does several operations in turn.',
    examples: [{ query: `operations=${encodeURIComponent(steps)}`, doc: 'Upright, then inside 300 x 300.' }],
    controls: [
      '<label><span><code>operations</code></span><textarea data-param="operations" rows="6"></textarea><small>Steps as JSON.</small></label>',
    ],
  },
  {
    name: 'info',
    summary: 'Tells the facts of a picture from its header.',
    examples: [{ query: '', doc: 'Size, type, colour space, orientation.' }],
    controls: [],
  },
];

function example(path: string, { query: written, doc }: Example): string {
  const query = written.replace('{logo}', sampleLogo);
  const action = html(query ? `${path}?${query}` : path);
  const shown = html(decodeURIComponent(query)).replaceAll('&', '<wbr>&amp;');
  return `<button formaction="${action}">${html(doc)}<code>${shown}</code></button>`;
}

const own = (path: string, controls: readonly string[]): string =>
  controls.length === 0
    ? ''
    : `<details><summary>Parameters of your own</summary><button class="own" formaction="${path}">Try</button><div class="fields">${controls.join('\n')}</div></details>`;

function section({ name, summary, examples, controls }: Trial, prefix: string): string {
  const path = `${prefix}/${name}`;
  const buttons = examples.map((one) => example(path, one)).join('\n');
  return `<section id="${name}"><h2>${name}</h2><p>${html(summary)}</p><div class="examples">${buttons}</div>${own(path, controls)}</section>`;
}

/** A page to try every operation, made from the tables that `/openapi.json` is made from. */
export const form = (prefix: string): string =>
  page(
    prefix,
    trials.map(({ name }) => `<a href="#${name}">${name}</a>`).join('\n'),
    trials.map((one) => section(one, prefix)).join('\n'),
  );
