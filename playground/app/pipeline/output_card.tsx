import { Control } from '../controls/control.tsx';
import { usePage } from '../kit/context.ts';
import { data } from '../state/page_data.ts';
import { setOutput } from './edit.ts';

/** Formats that most pages use; the others are in a list. */
const common = ['jpeg', 'png', 'webp', 'avif'];
const written = data.formats.filter(({ writes }) => writes).map(({ name }) => name);
const others = written.filter((name) => !common.includes(name));

/** Parameters that are shown without asking. */
const main = ['quality'];
const rest = data.output.filter((name) => name !== 'type' && !main.includes(name));

function Types() {
  const { state, change } = usePage();
  const { type = '' } = state.output;
  const choose = (value: string): void => change(setOutput('type', value));
  const button = (value: string, label: string) => (
    <button
      key={value}
      type="button"
      class="word"
      aria-pressed={type === value}
      onClick={() => choose(value)}
    >
      {label}
    </button>
  );
  return (
    <fieldset class="types" aria-label="Format">
      {button('', 'as input')}
      {button('auto', 'auto')}
      {common.map((name) => button(name, name.toUpperCase().replace('WEBP', 'WebP')))}
      <select
        class={others.includes(type) ? 'chosen' : ''}
        aria-label="Other formats"
        value={others.includes(type) ? type : ''}
        onChange={({ currentTarget }) => choose(currentTarget.value)}
      >
        <option value="">other …</option>
        {others.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </fieldset>
  );
}

/** The format, its quality, and everything else of the encoder. */
export function OutputCard() {
  const { state, change } = usePage();
  const control = (name: string) => (
    <Control
      key={name}
      name={name}
      value={state.output[name] ?? ''}
      onChange={(value) => change(setOutput(name, value))}
      onRemove={() => change(setOutput(name, ''))}
    />
  );
  const count = rest.filter((name) => state.output[name]).length;
  return (
    <div class="card output">
      <header>
        <h3>output</h3>
      </header>
      <Types />
      {main.map(control)}
      <details class="more">
        <summary>More{count > 0 ? ` (${count} set)` : ''}</summary>
        {rest.map(control)}
      </details>
    </div>
  );
}
