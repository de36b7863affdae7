import { usePage } from '../kit/context.ts';
import { data } from '../state/page_data.ts';
import { choosePreset } from './edit.ts';

/** The presets of the service: one comes before all steps. */
export function PresetCard() {
  const { state, change } = usePage();
  const chosen = data.presets.find(({ name }) => name === state.preset);
  if (data.presets.length === 0) return null;
  return (
    <div class="card preset">
      <header>
        <h3>preset</h3>
      </header>
      <fieldset class="types" aria-label="Preset">
        {data.presets.map(({ name, doc }) => (
          <button
            key={name}
            type="button"
            class="word"
            title={doc}
            aria-pressed={name === state.preset}
            onClick={() => change(choosePreset(name === state.preset ? undefined : name))}
          >
            {name}
          </button>
        ))}
      </fieldset>
      {chosen ? <p class="summary">{chosen.doc}</p> : null}
    </div>
  );
}
