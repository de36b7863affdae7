import type { HTMLAttributes } from 'preact';
import { Control } from '../controls/control.tsx';
import { usePage } from '../kit/context.ts';
import { Icon } from '../kit/icons.tsx';
import type { Step } from '../state/model.ts';
import { isOutputParam, mainParams, operationOf } from '../state/page_data.ts';
import { AddSetting } from './add_setting.tsx';
import { removeStep, setParams, useExample } from './edit.ts';
import { toolsFor } from './tools.ts';

interface Props {
  readonly step: Step;
  readonly at: number;
  readonly count: number;
  readonly onMove: (from: number, to: number) => void;
  readonly grip: (at: number) => HTMLAttributes<HTMLElement>;
}

/** A step of effects, whose only parameters are those that were added. */
const isPlain = ({ operation }: Step): boolean => operation === 'convert';

/** A step of effects has their names. */
const titleOf = (step: Step): string =>
  isPlain(step) ? Object.keys(step.params).join(', ') || 'adjust' : step.operation;

/** The buttons that sort and remove a step. */
function StepButtons({ step: { id, operation }, at, count, onMove }: Omit<Props, 'grip'>) {
  const { change } = usePage();
  const move = (by: number, label: string, icon: 'up' | 'down') => (
    <button
      type="button"
      class="quiet"
      aria-label={`Move ${operation} ${label}`}
      title={`Move ${label}`}
      data-move={label}
      aria-disabled={at + by < 0 || at + by >= count}
      onClick={() => onMove(at, at + by)}
    >
      <Icon name={icon} />
    </button>
  );
  return (
    <span class="buttons">
      {count > 1 ? move(-1, 'up', 'up') : null}
      {count > 1 ? move(1, 'down', 'down') : null}
      <button
        type="button"
        class="quiet"
        aria-label={`Remove ${operation}`}
        title="Remove"
        onClick={() => change(removeStep(id))}
      >
        <Icon name="close" />
      </button>
    </span>
  );
}

/** Sample values, each a button. */
function Examples({ step }: Pick<Props, 'step'>) {
  const { change } = usePage();
  const { examples } = operationOf(step.operation);
  if (isPlain(step)) return null;
  return (
    <details class="examples">
      <summary>Examples</summary>
      <div>
        {examples.map(({ query, doc }) => (
          <button
            key={query}
            type="button"
            class="chip"
            title={query}
            onClick={() => change(useExample(step.id, query))}
          >
            {doc.replace(/\.$/, '')}
          </button>
        ))}
      </div>
    </details>
  );
}

function Tools({ step }: Pick<Props, 'step'>) {
  const { drawing, draw } = usePage();
  const tools = toolsFor(step.operation);
  const isOn = (name: string): boolean => drawing?.step === step.id && drawing.tool === name;
  return (
    <div class="tools">
      {tools.map(({ name, label, icon }) => (
        <button
          key={name}
          type="button"
          class="tool"
          aria-pressed={isOn(name)}
          onClick={() => draw(isOn(name) ? undefined : { step: step.id, tool: name })}
        >
          <Icon name={icon} />
          {label}
        </button>
      ))}
    </div>
  );
}

/** One step: its name, its main parameters, and those that were added. */
export function StepCard(props: Props) {
  const { step, at } = props;
  const { change } = usePage();
  const { summary, fields, ...rest } = operationOf(step.operation);
  const main = isPlain(step) ? [] : mainParams({ summary, fields, ...rest });
  const names = [...main, ...Object.keys(step.params).filter((name) => !main.includes(name))];
  const shown = names.filter((name) => fields.includes(name) && !isOutputParam(name));
  return (
    <>
      <header>
        <span class="grip" {...props.grip(at)}>
          <Icon name="grip" />
        </span>
        <h3 title={summary}>{titleOf(step)}</h3>
        <StepButtons {...props} />
      </header>
      <p class="summary">{isPlain(step) ? 'Effects alone; the size stays.' : summary}</p>
      <Tools step={step} />
      {shown.map((name) => (
        <Control
          key={name}
          name={name}
          value={step.params[name] ?? ''}
          onChange={(value) => change(setParams(step.id, { [name]: value }))}
          onRemove={() => change(setParams(step.id, { [name]: undefined }))}
        />
      ))}
      <footer>
        <AddSetting step={step} hidden={shown} />
        <Examples step={step} />
      </footer>
    </>
  );
}
