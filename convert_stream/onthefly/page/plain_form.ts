import type { Field } from '../../../common/fields/field.ts';
import { commonFields, type Example, formats, type ParamName, params } from '../../../engine/catalog.ts';
import type { EndpointSetup, EndpointSpec, OwnParameter } from '../routes/endpoint.ts';
import { sampleLogoUrl } from '../sources/sample_logo.ts';

export { plainStyle } from './plain_style.ts';

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
    return `<input name="${name}" inputmode="${inputModes[field.kind] ?? 'text'}" placeholder="${escapeHtml(field.example ?? '')}">`;
  const options = ['', ...words].map((word) => `<option>${word}</option>`);
  return `<select name="${name}">${options.join('')}</select>`;
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
function renderOwnParameter([name, { doc, example = '' }]: readonly [string, OwnParameter]): string {
  return `<label><span><code>${name}</code></span><textarea name="${name}" rows="6" placeholder="${escapeHtml(example)}"></textarea><small>${escapeHtml(doc)}</small></label>`;
}

const controlsOf = ({ parameters, ownParameters = {} }: EndpointSpec): readonly string[] => [
  ...Object.entries(ownParameters).map(renderOwnParameter),
  ...ownFirst(parameters).map(renderParameter),
];

function renderExample(path: string, { query: written, doc }: Example): string {
  const query = written.replace('{logo}', sampleLogoUrl);
  const action = escapeHtml(query ? `${path}?${query}` : path);
  const label = decodeURIComponent(query).split('&').map(escapeHtml).join('<wbr>&amp;');
  return `<button form="picture" formaction="${action}">${escapeHtml(doc)}<code>${label}</code></button>`;
}

type Source = readonly [name: string, label: string];

/** Sources that GET reads from; without one, a browser without scripts sends examples only. */
const sourcesOf = ({ MOUNT, ENABLE_URL_SOURCE }: EndpointSetup['context']['config']): readonly Source[] => [
  ...(MOUNT ? ([['file', 'Name of the picture']] as const) : []),
  ...(ENABLE_URL_SOURCE ? ([['url', 'URL of the picture']] as const) : []),
];

const renderSource = ([name, label]: Source): string =>
  `<label><span><code>${name}</code></span><input name="${name}"><small>${label}.</small></label>`;

/** A form of its own for each endpoint: its fields are the query of a GET. */
const renderOwnFields = (path: string, controls: readonly string[], sources: readonly Source[]): string =>
  controls.length === 0 || sources.length === 0
    ? ''
    : `<details><summary>Your own parameters</summary><form action="${path}" target="result"><button class="own">Try</button><div class="fields">${[...sources.map(renderSource), ...controls].join('\n')}</div></form></details>`;

function renderSection(spec: EndpointSpec, { prefix, context }: EndpointSetup): string {
  const { name, summary, examples = [] } = spec;
  const path = `${prefix}/${name}`;
  const buttons = examples.map((one) => renderExample(path, one)).join('\n');
  const fields = renderOwnFields(path, controlsOf(spec), sourcesOf(context.config));
  return `<section id="${name}"><h2>${name}</h2><p>${escapeHtml(summary)}</p><div class="examples">${buttons}</div>${fields}</section>`;
}

const chooser = `<form id="picture" method="POST" enctype="multipart/form-data" target="result">
<label><span>Picture</span><input type="file" name="file" accept="image/*,.pdf" required></label></form>`;

/**
 * Every endpoint that has examples, without scripts: buttons send the chosen picture to an example, and a form for each
 * endpoint has its parameters. The chooser comes first, so that the Tab key reaches it first.
 */
export function renderPlainForm(setup: EndpointSetup): string {
  const specs = setup.specs.filter(({ examples }) => examples);
  const contents = specs.map(({ name }) => `<a href="#${name}">${name}</a>`).join('\n');
  return `<div class="plain">
<aside>${chooser}<iframe name="result" title="Result"></iframe></aside>
<nav>${contents}<a href="${setup.prefix}/openapi.json">openapi.json</a><a href="${setup.prefix}/formats">formats</a></nav>
<div class="sections"><h1>imagetx</h1><p>Choose a picture, then press an example.</p>
${specs.map((spec) => renderSection(spec, setup)).join('\n')}
</div></div>`;
}
