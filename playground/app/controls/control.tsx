import { useId } from 'preact/hooks';
import { Icon } from '../kit/icons.tsx';
import { paramOf } from '../state/page_data.ts';
import { Choice } from './choice.tsx';
import { ColourField } from './colour.tsx';
import { NumberField } from './number.tsx';
import { Pad } from './pad.tsx';
import { type ControlProps, valuesOf } from './props.ts';
import { ColoursField, NumbersField } from './several.tsx';
import { Switch } from './switch.tsx';
import { TextField } from './text.tsx';

/** Parameters that are compass points. */
const pads: ReadonlySet<string> = new Set(['gravity', 'position']);

function controlOf(name: string) {
  const { kind } = paramOf(name);
  if (pads.has(name)) return Pad;
  if (valuesOf(name).length > 0) return Choice;
  if (kind === 'bool') return Switch;
  if (kind === 'colour') return ColourField;
  if (kind === 'colours') return ColoursField;
  if (kind === 'numbers') return NumbersField;
  return kind === 'int' || kind === 'float' ? NumberField : TextField;
}

type Props = Pick<ControlProps, 'name' | 'value' | 'onChange'> & {
  /** Takes the control away. */
  readonly onRemove?: () => void;
};

/** One row: the parameter's name, its control, its explanation. */
export function Control({ name, value, onChange, onRemove }: Props) {
  const id = useId();
  const { doc, unit } = paramOf(name);
  const Input = controlOf(name);
  return (
    <div class={`control ${value === '' ? 'unset' : ''}`}>
      <span class="name" id={`${id}n`} title={doc}>
        {name}
        {unit ? <span class="unit"> {shortUnit(unit)}</span> : null}
      </span>
      <div class="input">
        <Input name={name} value={value} onChange={onChange} labelledBy={`${id}n`} describedBy={`${id}d`} />
      </div>
      {onRemove && value !== '' ? (
        <button type="button" class="quiet" aria-label={`Clear ${name}`} title="Clear" onClick={onRemove}>
          <Icon name="close" />
        </button>
      ) : null}
      <p class="doc" id={`${id}d`}>
        {doc}
      </p>
    </div>
  );
}

const short: Readonly<Record<string, string>> = {
  pixels: 'px',
  degrees: '°',
  'degrees clockwise': '°',
  'dots per inch': 'dpi',
};
const shortUnit = (unit: string): string => short[unit] ?? unit;
