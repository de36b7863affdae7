import { useCallback, useMemo, useState } from 'preact/hooks';
import { type Drawing, type Page, PageContext } from './kit/context.ts';
import { writableType } from './kit/formats.ts';
import { Logo } from './kit/logo.tsx';
import { Pipeline } from './pipeline/pipeline.tsx';
import { type Access, keepAccess, lacksAccess, readAccess } from './request/access.ts';
import { AccessDialog } from './request/access_dialog.tsx';
import { planOf } from './request/plan.ts';
import { useResult } from './request/use_result.ts';
import { SourceBar } from './source/source_bar.tsx';
import { useDrop } from './source/use_drop.ts';
import { usePicture } from './source/use_picture.ts';
import { Stage } from './stage/stage.tsx';
import { createStep, firstState, type State, type Work } from './state/model.ts';
import { data, hasOperation, known } from './state/page_data.ts';
import { type Change, useAddress } from './state/use_address.ts';
import { TakeAway } from './take/take_away.tsx';

const [sample] = data.samples;

/** What a page whose address says nothing does with the picture. */
function firstWork(): Work {
  const [preset] = data.presets;
  if (data.onlyPresets && preset) return { preset: preset.name, steps: [], output: {} };
  const steps = hasOperation('resize') ? [createStep('resize', { width: '900' })] : [];
  return { steps, output: { type: 'webp', quality: '75' } };
}

const first = firstState(sample?.name ?? '', firstWork());

/** The key of this tab: asked for once, and again when the user wants that. */
function useAccess() {
  const [access, setAccess] = useState<Access>(readAccess);
  const [isAsking, setIsAsking] = useState(() => lacksAccess(access));
  const give = (given: Access): void => {
    keepAccess(given);
    setAccess(given);
    setIsAsking(false);
  };
  return { access, give, isAsking, ask: () => setIsAsking(true), stop: () => setIsAsking(false) };
}

/** The user's own files by name: each takes the place of the source, and going back leads to the one before. */
function useOwn(change: Change) {
  const [own, setOwn] = useState<ReadonlyMap<string, File>>(new Map());
  const take = useCallback(
    (file: File): void => {
      setOwn((before) => new Map(before).set(file.name, file));
      change((state) => ({ ...state, source: { kind: 'own', name: file.name } }));
    },
    [change],
  );
  return { own, take };
}

const usePlan = (state: State, inputType: string) =>
  useMemo(() => planOf(state, writableType(inputType)), [state, inputType]);

/** The whole page. */
export function App() {
  const [state, change] = useAddress(known, first);
  const { access, give, isAsking, ask, stop } = useAccess();
  const { own, take } = useOwn(change);
  const [drawing, draw] = useState<Drawing>();
  const isOver = useDrop(take);
  // Before the key is given, requests would be refused.
  const isWaiting = isAsking && lacksAccess(access);
  const loaded = usePicture({ source: state.source, own: own.get(state.source.name), access, isWaiting });
  const { picture } = loaded;
  const plan = usePlan(state, picture?.type ?? '');
  const outcome = useResult(plan, isWaiting ? undefined : picture, access);
  const { width, height } = outcome.result ?? picture ?? {};
  const size = width && height ? { width, height } : undefined;
  const page: Page = { state, change, access, picture, size, drawing, draw, askAccess: ask };
  return (
    <PageContext.Provider value={page}>
      <header class="top">
        <h1>
          <Logo />
          imagetx
        </h1>
        <SourceBar onFile={take} />
      </header>
      <main>
        <Stage loaded={loaded} outcome={outcome} />
        <Pipeline />
        <TakeAway plan={plan} result={outcome.result} />
      </main>
      {isAsking ? <AccessDialog access={access} onGive={give} onClose={stop} /> : null}
      {isOver ? <div class="drop">Drop the picture here</div> : null}
    </PageContext.Provider>
  );
}
