import { useState } from 'preact/hooks';
import { usePage } from '../kit/context.ts';
import { data } from '../state/page_data.ts';
import { AddStep } from './add_step.tsx';
import { moveStep } from './edit.ts';
import { OutputCard } from './output_card.tsx';
import { PresetCard } from './preset_card.tsx';
import { useSorting } from './sorting.ts';
import { StepCard } from './step_card.tsx';

/** A button keeps the focus when its step moves. */
function focusAgain(): void {
  const { activeElement: button } = document;
  if (!(button instanceof HTMLElement)) return;
  requestAnimationFrame(() => button.focus());
}

/** The steps in their order, and the output after them. */
function Steps() {
  const { state, change } = usePage();
  const move = (from: number, to: number): void => {
    focusAgain();
    change(moveStep(from, to));
  };
  const { list, grip, dragged } = useSorting(move);
  const count = state.steps.length;
  return (
    <>
      {count > 0 ? (
        <ol ref={list}>
          {state.steps.map((step, at) => (
            <li key={step.id} class={`card ${dragged === at ? 'dragged' : ''}`}>
              <StepCard step={step} at={at} count={count} onMove={move} grip={grip} />
            </li>
          ))}
        </ol>
      ) : null}
      <AddStep />
      <OutputCard />
    </>
  );
}

const countText = (count: number): string => (count === 1 ? 'One step' : `${count || 'No'} steps`);

/** What is done with the picture: a preset, steps, an output. */
export function Pipeline() {
  const { state } = usePage();
  const [isExplained, explain] = useState(false);
  return (
    <section class={`pipeline ${isExplained ? 'explained' : ''}`} aria-label="Steps">
      <header>
        <h2>{countText(state.steps.length)}</h2>
        <button
          type="button"
          class="explain"
          aria-pressed={isExplained}
          onClick={() => explain(!isExplained)}
        >
          Explain the settings
        </button>
      </header>
      <PresetCard />
      {data.onlyPresets ? null : <Steps />}
    </section>
  );
}
