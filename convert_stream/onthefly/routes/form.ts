import type { Field } from '../../../common/field.ts';
import { commonFields, type Example, formats, type ParamName, params } from '../../../engine/catalog.ts';
import { sampleLogoUrl } from '../sources/sample_logo.ts';
import type { EndpointSpec, OwnParameter } from './endpoint.ts';
import { page } from './form_page.ts';

export { formPolicy } from './form_page.ts';

const marks: Readonly<Record<string, string>> = { '<': '&lt;', '>': '&gt;', '"': '&quot;' };
/** Text as HTML; an & before a parameter stays as it is, as in Imaginary's form. */
const html = (text: string): string => text.replace(/[<>"]/g, (mark) => marks[mark] ?? mark);

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

/** The parameters of the endpoint alone, then those that most take. */
const ownFirst = (names: readonly ParamName[]): readonly ParamName[] => [
  ...names.filter((name) => !commonFields.includes(name)),
  ...names.filter((name) => commonFields.includes(name)),
];

/** A parameter of one endpoint only, as text of several lines where its value is JSON. */
function ownControl([name, { doc, example = '' }]: readonly [string, OwnParameter]): string {
  return `<label><span><code>${name}</code></span><textarea data-param="${name}" rows="6" placeholder="${html(example)}"></textarea><small>${html(doc)}</small></label>`;
}

const controlsOf = ({ parameters, ownParameters = {} }: EndpointSpec): readonly string[] => [
  ...Object.entries(ownParameters).map(ownControl),
  ...ownFirst(parameters).map(labelled),
];

function example(path: string, { query: written, doc }: Example): string {
  const query = written.replace('{logo}', sampleLogoUrl);
  const action = html(query ? `${path}?${query}` : path);
  const shown = decodeURIComponent(query).split('&').map(html).join('<wbr>&amp;');
  return `<button formaction="${action}">${html(doc)}<code>${shown}</code></button>`;
}

const own = (path: string, controls: readonly string[]): string =>
  controls.length === 0
    ? ''
    : `<details><summary>Parameters of your own</summary><button class="own" formaction="${path}">Try</button><div class="fields">${controls.join('\n')}</div></details>`;

function section(spec: EndpointSpec, prefix: string): string {
  const { name, summary, examples = [] } = spec;
  const path = `${prefix}/${name}`;
  const buttons = examples.map((one) => example(path, one)).join('\n');
  return `<section id="${name}"><h2>${name}</h2><p>${html(summary)}</p><div class="examples">${buttons}</div>${own(path, controlsOf(spec))}</section>`;
}

/** A page to try every endpoint that has examples. */
export function form(prefix: string, specs: readonly EndpointSpec[]): string {
  const shown = specs.filter(({ examples }) => examples);
  return page(
    prefix,
    shown.map(({ name }) => `<a href="#${name}">${name}</a>`).join('\n'),
    shown.map((spec) => section(spec, prefix)).join('\n'),
  );
}
