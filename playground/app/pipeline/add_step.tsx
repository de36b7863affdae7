import { usePage } from '../kit/context.ts';
import type { Size } from '../source/shown.ts';
import type { Step } from '../state/model.ts';
import { data, hasOperation } from '../state/page_data.ts';
import { addStep, stepFor, stepForParams } from './edit.ts';

const operations = data.operations.filter(({ name }) => name !== 'convert').map(({ name }) => name);

/** Effects by the names of the list. An effect of many parameters has an entry for each. */
const effects: ReadonlyMap<string, readonly string[]> = new Map(
  data.effects.flatMap(({ name, fields: [first = name, ...rest] }) =>
    rest.length > 1 ? [first, ...rest].map((field) => [field, [field]] as const) : [[name, [first]] as const],
  ),
);

/** Values of the list: an effect has a mark in front of its name. */
const mark = 'effect ';
const stepOf = (value: string, size: Size | undefined): Step =>
  value.startsWith(mark) ? stepForParams(effects.get(value.slice(mark.length)) ?? []) : stepFor(value, size);

const option = (value: string, name: string) => (
  <option key={value} value={value}>
    {name}
  </option>
);

/** A list of the operations and effects that can be the next step. */
export function AddStep() {
  const { state, change, size } = usePage();
  const isFull = state.steps.length >= data.maxSteps;
  return (
    <select
      class="add next"
      aria-label="Add a step"
      value=""
      disabled={isFull}
      onChange={({ currentTarget }) => {
        if (currentTarget.value) change(addStep(stepOf(currentTarget.value, size)));
        currentTarget.value = '';
      }}
    >
      <option value="">{isFull ? `${data.maxSteps} steps are the most` : '+ Add a step'}</option>
      <optgroup label="Operations">{operations.map((name) => option(name, name))}</optgroup>
      {/* An effect alone is a conversion. */}
      <optgroup label="Effects" disabled={!hasOperation('convert')}>
        {[...effects.keys()].sort().map((name) => option(`${mark}${name}`, name))}
      </optgroup>
    </select>
  );
}
