import { createHash } from 'node:crypto';

const style = `
:root { color-scheme: light dark; --line: #8885; --soft: #8882; --accent: light-dark(#2b5cff, #9db4ff); font: 16px/1.45 system-ui, sans-serif }
* { box-sizing: border-box }
body { margin: 0 }
a { color: var(--accent) }
code, output { font: .85em/1.4 ui-monospace, monospace; overflow-wrap: anywhere }
header { padding: 1.2rem max(1.5rem, 50vw - 41rem); color: #fff; background: linear-gradient(100deg, #1f45c4, #6d33d6 60%, #c4386a) }
header h1 { margin: 0; font-size: 1.5rem }
header p { margin: .2rem 0 0 }
form { display: grid; grid-template-columns: 9rem minmax(0, 1fr) minmax(20rem, 28rem); gap: 2.5rem; max-width: 85rem; margin: auto; padding: 1.5rem }
nav, aside { position: sticky; top: 1.5rem; align-self: start }
nav, main, aside { grid-row: 1 }
nav { display: grid; gap: .15rem; grid-column: 1 }
nav p { margin: .8rem 0 0; padding: 0 .6rem; font-size: .9rem }
main { grid-column: 2 }
nav a { padding: .15rem .6rem; border-radius: .4rem; text-decoration: none }
nav a:hover { background: var(--soft) }
section { padding-bottom: 1.8rem; scroll-margin-top: 1.5rem }
section h2 { margin: 0; font-size: 1.25rem }
section p { margin: .2rem 0 .8rem }
.examples { display: grid; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); gap: .6rem }
button { font: inherit; text-align: left; color: inherit; padding: .6rem .8rem; border: 1px solid var(--line); border-radius: .6rem; background: var(--soft); cursor: pointer }
button:hover, button:focus-visible { border-color: var(--accent) }
button code { display: block; opacity: .75 }
button.own { position: sticky; top: .5rem; color: #fff; background: #2b5cff; font-weight: 600; margin-top: .8rem; padding: .4rem 1.2rem }
details { margin-top: .8rem }
summary { cursor: pointer; color: var(--accent) }
.fields { display: grid; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); gap: .9rem; margin-top: .8rem }
label { display: grid; align-content: start; gap: .2rem; font-size: .9rem }
label code { font-weight: 600 }
small { opacity: .75; line-height: 1.35 }
input, select, textarea { font: inherit; width: 100%; min-width: 0; padding: .35rem .5rem; border: 1px solid var(--line); border-radius: .4rem; background: Field; color: FieldText }
aside { grid-column: 3; display: grid; gap: .8rem; height: calc(100vh - 10rem); grid-template-rows: auto auto 1fr }
input[type=file] { padding: .9rem; border: 2px dashed var(--line); background: none; color: inherit }
.result { display: grid; grid-template-rows: auto 1fr; gap: .4rem; min-height: 0 }
iframe { width: 100%; height: 100%; border: 1px solid var(--line); border-radius: .6rem; background: var(--soft) }
@media (max-width: 64rem) {
  form { display: flex; flex-direction: column; gap: 0; padding: 0 1rem }
  nav { align-self: stretch; z-index: 1; display: flex; overflow-x: auto; top: 0; margin: 0 -1rem 1rem; padding: .5rem .6rem; background: Canvas; border-bottom: 1px solid var(--line) }
  section { scroll-margin-top: 3.5rem }
  button.own { top: 3.2rem }
  nav p { display: none }
  aside { order: 1; align-self: stretch; grid-template: none / 2fr 1fr; align-items: end; top: auto; bottom: 0; height: auto; margin: 0 -1rem; padding: .7rem 1rem; background: Canvas; border-top: 1px solid var(--line); box-shadow: 0 -.5rem 1rem #0003 }
  aside label small { display: none }
  input[type=file] { padding: .3rem }
  .result { grid-column: 1 / -1; height: 38vh }
  .waiting .result { display: none }
}`;

/** Sends the fields beside a button as its query, and copies an example's query to the fields. Without scripts the examples still work. */
const script = `
const request = document.querySelector('output');
const fieldsOf = (button) => [...button.closest('section').querySelectorAll('[data-param]')];
document.body.className = 'waiting';
addEventListener('submit', ({ submitter }) => {
  const [path, example] = submitter.getAttribute('formaction').split('?');
  const fields = fieldsOf(submitter);
  const sample = new URLSearchParams(example);
  if (!submitter.matches('.own')) for (const one of fields) one.value = sample.get(one.dataset.param) ?? '';
  const query = new URLSearchParams(fields.filter((one) => one.value !== '').map((one) => [one.dataset.param, one.value]));
  const target = path + (query.size ? '?' + query : '');
  request.textContent = "curl -F file=@picture -o result '" + location.origin + target + "'";
  const key = document.querySelector('#key').value;
  if (key) query.set('key', key);
  submitter.formAction = path + (query.size ? '?' + query : '');
  document.body.className = '';
});
addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || !event.target.matches('input[data-param]')) return;
  event.preventDefault();
  event.target.closest('section').querySelector('.own').click();
});
`;

const hashSource = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** The page may use its own style and script and talk to its own server, nothing else. */
export const formPolicy = [
  "default-src 'none'",
  `style-src ${hashSource(style)}`,
  `script-src ${hashSource(script)}`,
  "form-action 'self'",
  "frame-src 'self'",
  "base-uri 'none'",
  "frame-ancestors 'self'",
].join('; ');

const chooser = `<aside>
<label><span>Picture</span><input type="file" name="file" accept="image/*,.pdf" required></label>
<label class="key"><span>API key <small>if the server requires one</small></span><input id="key" autocomplete="off"></label>
<div class="result"><output>Choose a picture, then press an example.</output><iframe name="result" title="Result"></iframe></div>
</aside>`;

/**
 * The page around its contents and sections: one form, whose buttons choose the endpoint. The chooser comes first, so
 * that the Tab key reaches it first.
 */
export const renderPage = (prefix: string, contents: string, sections: string): string => `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>imagetx</title>
<style>${style}</style>
<header><h1>imagetx</h1><p>Try every operation with your own picture.</p></header>
<form method="POST" enctype="multipart/form-data" target="result">
${chooser}
<nav>${contents}<p>For programs: <a href="${prefix}/openapi.json">openapi.json</a><a href="${prefix}/formats">formats</a></p></nav>
<main>
<noscript><p>The examples work without scripts; your own parameters and API keys do not.</p></noscript>
${sections}
</main>
</form>
<script>${script}</script>
`;
