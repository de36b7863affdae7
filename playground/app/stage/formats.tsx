import { usePage } from '../kit/context.ts';
import { formatLabel, writableType } from '../kit/formats.ts';
import { bytesText, msText, savedText } from '../kit/numbers.ts';
import { setOutput } from '../pipeline/edit.ts';
import { planOf } from '../request/plan.ts';
import { type Outcome, useResult } from '../request/use_result.ts';
import { data } from '../state/page_data.ts';

/** Formats that are compared: what pages use most. */
const compared = ['jpeg', 'webp', 'avif'].filter((name) =>
  data.formats.some((one) => one.name === name && one.writes),
);

/** The same request in one format. */
function useFormat(type: string): Outcome {
  const { state, picture, access } = usePage();
  const plan = planOf({ ...state, output: { ...state.output, type } }, writableType(picture?.type ?? ''));
  return useResult(plan, picture, access);
}

interface CardProps {
  readonly type: string;
  readonly outcome: Outcome;
  /** Bytes of the largest of them. */
  readonly most: number;
  readonly isSmallest: boolean;
}

function Card({ type, outcome: { result, refusal, isBusy }, most, isSmallest }: CardProps) {
  const { state, change, picture } = usePage();
  const label = formatLabel(type);
  return (
    <button
      type="button"
      class={`format ${isBusy ? 'busy' : ''}`}
      aria-pressed={state.output.type === type}
      title={`Use ${label}`}
      onClick={() => change(setOutput('type', type))}
    >
      {result?.isShown ? (
        <img class="checked" src={result.src} alt={`As ${label}`} />
      ) : (
        <span class="empty">{refusal?.message}</span>
      )}
      <span class="figures">
        <b>{label}</b>
        {result ? <span class="bytes">{bytesText(result.bytes)}</span> : null}
        {isSmallest ? <em>smallest</em> : null}
        <small>
          {result && picture?.bytes ? `${savedText(picture.bytes, result.bytes)}, ` : ''}
          {result ? msText(result.ms) : ' '}
        </small>
      </span>
      <i class="bar" style={{ '--part': String((result?.bytes ?? 0) / most) }} />
    </button>
  );
}

/** The formats side by side, with what each costs. Choosing one makes it the output. */
export function Formats() {
  const outcomes = compared.map((type) => useFormat(type));
  const bytes = outcomes.flatMap(({ result }) => (result ? [result.bytes] : []));
  const isSettled = bytes.length === compared.length;
  return (
    <div class="formats">
      {compared.map((type, at) => {
        const outcome = outcomes[at] ?? { isBusy: true };
        const isSmallest = isSettled && outcome.result?.bytes === Math.min(...bytes);
        return (
          <Card
            key={type}
            type={type}
            outcome={outcome}
            most={Math.max(1, ...bytes)}
            isSmallest={isSmallest}
          />
        );
      })}
    </div>
  );
}
