import type { Field } from '../../../common/field.ts';
import { commonFields, type Example, formats, type ParamName, params } from '../../../engine/catalog.ts';
import { sampleLogoUrl } from '../sources/sample_logo.ts';
import type { EndpointSpec, OwnParameter } from './endpoint.ts';
import { renderPage } from './form_page.ts';

export { formPolicy } from './form_page.ts';

const marks: Readonly<Record<string, string>> = { '<': '&lt;', '>': '&gt;', '"': '&quot;' };
/** Escapes text for HTML, but leaves & as it is, as in Imaginary's form. */
const escapeHtml = (text: string): string => text.replace(/[<>"]/g, (mark) => marks[mark] ?? mark);

const types = ['auto', ...formats.filter(({ writes }) => writes).map(({ name }) => name)];

/** The possible values of a parameter, if they are few. */
function wordsOf(name: ParamName, { kind, values }: Field): readonly string[] | undefined {
  if (name === 'type') return types;
  return kind === 'bool' ? ['true', 'false'] : values;
}

const inputModes: Readonly<Partial<Record<Field['kind'], string>>> = { int: 'numeric', float: 'decimal' };

function renderControl(name: ParamName): string {
  const field: Field = params[name];
  const words = wordsOf(name, field);
  if (words === undefined)
    return `<input data-param="${name}" inputmode="${inputModes[field.kind] ?? 'text'}" placeholder="${escapeHtml(field.example ?? '')}">`;
  const options = ['', ...words].map((word) => `<option>${word}</option>`);
  return `<select data-param="${name}">${options.join('')}</select>`;
}

function renderParameter(name: ParamName): string {
  const { doc, unit }: Field = params[name];
  const of = unit ? ` <small>${unit}</small>` : '';
  return `<label><span><code>${name}</code>${of}</span>${renderControl(name)}<small>${escapeHtml(doc)}</small></label>`;
}

/** The endpoint's own parameters first, then the common ones. */
const ownFirst = (names: readonly ParamName[]): readonly ParamName[] => [
  ...names.filter((name) => !commonFields.includes(name)),
  ...names.filter((name) => commonFields.includes(name)),
];

/** The control for a parameter of one endpoint only: several lines of text, for JSON. */
function renderOwnParameter([name, { doc, example: renderExample = '' }]: readonly [
  string,
  OwnParameter,
]): string {
  return `<label><span><code>${name}</code></span><textarea data-param="${name}" rows="6" placeholder="${escapeHtml(renderExample)}"></textarea><small>${escapeHtml(doc)}</small></label>`;
}

const controlsOf = ({ parameters, ownParameters = {} }: EndpointSpec): readonly string[] => [
  ...Object.entries(ownParameters).map(renderOwnParameter),
  ...ownFirst(parameters).map(renderParameter),
];

function renderExample(path: string, { query: written, doc }: Example): string {
  const query = written.replace('{logo}', sampleLogoUrl);
  const action = escapeHtml(query ? `${path}?${query}` : path);
  const label = decodeURIComponent(query).split('&').map(escapeHtml).join('<wbr>&amp;');
  return `<button formaction="${action}">${escapeHtml(doc)}<code>${label}</code></button>`;
}

const renderOwnFields = (path: string, controls: readonly string[]): string =>
  controls.length === 0
    ? ''
    : `<details><summary>Your own parameters</summary><button class="own" formaction="${path}">Try</button><div class="fields">${controls.join('\n')}</div></details>`;

function renderSection(spec: EndpointSpec, prefix: string): string {
  const { name, summary, examples = [] } = spec;
  const path = `${prefix}/${name}`;
  const buttons = examples.map((one) => renderExample(path, one)).join('\n');
  return `<section id="${name}"><h2>${name}</h2><p>${escapeHtml(summary)}</p><div class="examples">${buttons}</div>${renderOwnFields(path, controlsOf(spec))}</section>`;
}

/** A page to try every endpoint that has examples. */
export function renderForm(prefix: string, specs: readonly EndpointSpec[]): string {
  const withExamples = specs.filter(({ examples }) => examples);
  return renderPage(
    prefix,
    withExamples.map(({ name }) => `<a href="#${name}">${name}</a>`).join('\n'),
    withExamples.map((spec) => renderSection(spec, prefix)).join('\n'),
  );
}
