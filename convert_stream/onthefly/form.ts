import type { Field } from '../../common/field.ts';
import type { Operation } from '../../engine/operation.ts';
import { operations } from '../../engine/operations/index.ts';
import { params } from '../../engine/params.ts';

const marks: Readonly<Record<string, string>> = { '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const html = (text: string): string => text.replace(/[<>"]/g, (mark) => marks[mark] ?? mark);

/** A picture that anyone may fetch, for examples that name one. */
const sampleLogo = 'https://www.w3.org/Icons/w3c_home.png';

const picture = '<input type="file" name="file" accept="image/*,.pdf" required>';

/** Takes the fields of a form as its query; without scripts the form does its example. */
const script = `addEventListener('submit', ({ target }) => {
  const query = new URLSearchParams([...target.querySelectorAll('[data-param]')].filter((one) => one.value !== '').map((one) => [one.dataset.param, one.value]));
  const key = document.getElementById('key').value;
  if (key) query.set('key', key);
  target.action = target.dataset.path + '?' + query;
});`;

const style = `body{font:16px system-ui;margin:2rem auto;max-width:50rem;padding:0 1rem}fieldset{display:grid;gap:.4rem;margin:1rem 0}
label{display:grid;grid-template-columns:9rem 12rem 1fr;gap:.6rem;align-items:center;font-size:.85rem}summary{cursor:pointer}`;

function control(name: string, field: Field, value: string): string {
  const data = `data-param="${name}"`;
  const words = field.kind === 'bool' ? ['true', 'false'] : field.kind === 'enum' ? field.values : undefined;
  if (words === undefined)
    return `<input ${data} value="${html(value)}" placeholder="${html(field.example ?? '')}">`;
  const options = ['', ...words].map(
    (word) => `<option${word === value ? ' selected' : ''}>${word}</option>`,
  );
  return `<select ${data}>${options.join('')}</select>`;
}

const row = (name: keyof typeof params, values: URLSearchParams): string =>
  `<label>${name} ${control(name, params[name], values.get(name) ?? '')} ${html(params[name].doc)}</label>`;

/** One form: an example of an operation, with its parameters to play with. */
function exampleForm({ name, fields }: Operation, query: string, prefix: string): string {
  const values = new URLSearchParams(query);
  const used = fields.filter((field) => values.has(field));
  const rest = fields.filter((field) => !values.has(field));
  const path = `${prefix}/${name}`;
  const more = rest.map((field) => row(field, values)).join('\n');
  return `<form method="POST" action="${path}?${html(query)}" data-path="${path}" enctype="multipart/form-data"><fieldset>
<legend><code>${path}?${html(query)}</code></legend>
${picture}
${used.map((field) => row(field, values)).join('\n')}
${more ? `<details><summary>More parameters</summary>${more}</details>` : ''}
<button>Go</button>
</fieldset></form>`;
}

const section = (operation: Operation, prefix: string): string =>
  `<h2>${operation.name}</h2><p>${html(operation.summary)}</p>
${operation.examples
  .map(
    ({ query, doc }) =>
      `<p>${html(doc)}</p>${exampleForm(operation, query.replace('{logo}', sampleLogo), prefix)}`,
  )
  .join('\n')}`;

const others = (prefix: string): string =>
  [
    ['info', ''],
    [
      'pipeline',
      `operations=${encodeURIComponent('[{"operation":"autorotate"},{"operation":"fit","params":{"width":300,"height":300}}]')}`,
    ],
  ]
    .map(
      ([name, query]) =>
        `<h2>${name}</h2><form method="POST" action="${prefix}/${name}?${query}" enctype="multipart/form-data"><fieldset>${picture}<button>Go</button></fieldset></form>`,
    )
    .join('\n');

/** A page to try every operation, made from the tables that `/openapi.json` is made from. */
export const form = (prefix: string): string => `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>imagetx</title>
<style>${style}</style>
<h1>imagetx</h1>
<p>Everything at <a href="${prefix}/openapi.json">openapi.json</a>.</p>
<p><label>API key <input id="key" autocomplete="off"> where the server asks for one</label></p>
${operations.map((operation) => section(operation, prefix)).join('\n')}
${others(prefix)}
<script>${script}</script>
`;
