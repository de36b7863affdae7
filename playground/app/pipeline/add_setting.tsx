import { usePage } from '../kit/context.ts';
import type { Step } from '../state/model.ts';
import { data, isEffectParam, isOutputParam, operationOf } from '../state/page_data.ts';
import { firstValue, setParams } from './edit.ts';

/** A list of the parameters that a step has no control for yet. */
export function AddSetting({ step, hidden }: { readonly step: Step; readonly hidden: readonly string[] }) {
  const { change } = usePage();
  const free = operationOf(step.operation).fields.filter(
    (name) => !hidden.includes(name) && !isOutputParam(name),
  );
  const add = (name: string): void => change(setParams(step.id, { [name]: firstValue(name) }));
  const option = (name: string) => (
    <option key={name} value={name}>
      {name}
    </option>
  );
  const effects = [...new Set(data.effects.flatMap(({ fields }) => fields))].filter((name) =>
    free.includes(name),
  );
  if (free.length === 0) return null;
  return (
    <select
      class="add"
      aria-label={`Add a setting to ${step.operation}`}
      value=""
      onChange={({ currentTarget }) => {
        if (currentTarget.value) add(currentTarget.value);
        currentTarget.value = '';
      }}
    >
      <option value="">+ Setting</option>
      <optgroup label="Size and place">{free.filter((name) => !isEffectParam(name)).map(option)}</optgroup>
      {effects.length > 0 ? <optgroup label="Effects">{effects.map(option)}</optgroup> : null}
    </select>
  );
}
