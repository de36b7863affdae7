import { usePage } from '../kit/context.ts';
import type { Step } from '../state/model.ts';
import { data } from '../state/page_data.ts';
import { addStep, stepFor, stepForEffect } from './edit.ts';

const operations = data.operations.filter(({ name }) => name !== 'convert').map(({ name }) => name);

/** Values of the list: an effect has a mark in front of its name. */
const mark = 'effect ';
const stepOf = (value: string): Step =>
  value.startsWith(mark) ? stepForEffect(value.slice(mark.length)) : stepFor(value);

/** A list of the operations and effects that can be the next step. */
export function AddStep() {
  const { state, change } = usePage();
  const isFull = state.steps.length >= data.maxSteps;
  return (
    <select
      class="add next"
      aria-label="Add a step"
      value=""
      disabled={isFull}
      onChange={({ currentTarget }) => {
        if (currentTarget.value) change(addStep(stepOf(currentTarget.value)));
        currentTarget.value = '';
      }}
    >
      <option value="">{isFull ? `${data.maxSteps} steps are the most` : '+ Add a step'}</option>
      <optgroup label="Operations">
        {operations.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </optgroup>
      <optgroup label="Effects">
        {data.effects.map(({ name }) => (
          <option key={name} value={`${mark}${name}`}>
            {name}
          </option>
        ))}
      </optgroup>
    </select>
  );
}
