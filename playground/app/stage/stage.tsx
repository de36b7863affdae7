import { usePage } from '../kit/context.ts';
import type { Outcome, Result } from '../request/use_result.ts';
import type { Picture } from '../source/picture.ts';
import type { Loaded } from '../source/use_picture.ts';
import { Draw } from './draw.tsx';
import { Facts } from './facts.tsx';
import { Formats } from './formats.tsx';
import { NotShown } from './not_shown.tsx';
import { ProblemNote } from './problem_note.tsx';
import { Split } from './split.tsx';
import { Views } from './views.tsx';

interface Props {
  readonly loaded: Loaded;
  readonly outcome: Outcome;
}

/** A picture alone: fitted into the stage, or pixel by pixel. */
function Single({
  src,
  alt,
  isFull,
}: {
  readonly src: string;
  readonly alt: string;
  readonly isFull: boolean;
}) {
  return (
    <div class={isFull ? 'frame full' : 'frame'} tabIndex={isFull ? 0 : undefined}>
      <img class="checked whole" src={src} alt={alt} />
    </div>
  );
}

function View({ picture, result }: { readonly picture: Picture; readonly result: Result | undefined }) {
  const { state } = usePage();
  if (state.mode === 'formats') return <Formats />;
  if (state.mode === 'original') return <Single src={picture.src} alt="Original" isFull={state.isFull} />;
  if (result === undefined) return <Single src={picture.src} alt="Original" isFull={false} />;
  if (!result.isShown) return <NotShown result={result} />;
  if (state.mode === 'result') return <Single src={result.src} alt="Result" isFull={state.isFull} />;
  return <Split picture={picture} result={result} isFull={state.isFull} />;
}

/** The pictures, how they are compared, and the figures below them. */
export function Stage({ loaded: { picture, refusal, isBusy: isLoading }, outcome }: Props) {
  const { drawing, state } = usePage();
  const isBusy = isLoading || (outcome.isBusy && refusal === undefined);
  const step = state.steps.find(({ id }) => id === drawing?.step);
  const problem = isLoading ? undefined : (refusal ?? outcome.refusal);
  return (
    <section class="stage" aria-label="Picture">
      <Views />
      <div class={`canvas ${isBusy ? 'busy' : ''}`} aria-busy={isBusy}>
        {picture && drawing && step ? (
          <Draw
            key={`${drawing.step}${drawing.tool}`}
            tool={drawing.tool}
            step={step}
            result={outcome.result}
          />
        ) : null}
        {picture && !(drawing && step) ? <View picture={picture} result={outcome.result} /> : null}
        <span class="spinner" aria-hidden="true" />
        {problem ? <ProblemNote refusal={problem} /> : null}
      </div>
      <Facts picture={picture} outcome={outcome} />
    </section>
  );
}
