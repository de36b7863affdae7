import type { ToolName } from '../kit/context.ts';
import { usePage } from '../kit/context.ts';
import { changeOperation, setParams } from '../pipeline/edit.ts';
import { planOf } from '../request/plan.ts';
import { type Result, useResult } from '../request/use_result.ts';
import type { Size } from '../source/shown.ts';
import type { State, Step } from '../state/model.ts';
import type { Area, Place } from './areas.ts';
import { Box } from './box.tsx';
import { Point } from './point.tsx';

interface Props {
  readonly tool: ToolName;
  readonly step: Step;
  readonly result: Result | undefined;
}

interface Base {
  readonly src: string;
  readonly width: number;
  readonly height: number;
}

/** The picture that a step gets: the source, or what the steps before it make. */
function useBase(step: Step): Base | undefined {
  const { state, picture, access } = usePage();
  const at = state.steps.findIndex(({ id }) => id === step.id);
  const isFirst = at === 0 && state.preset === undefined;
  const plan = planOf({ ...state, steps: state.steps.slice(0, at), output: { type: 'webp' } }, 'webp');
  const { result } = useResult(plan, isFirst ? undefined : picture, access);
  if (isFirst) return picture;
  return result?.width && result.height
    ? { src: result.src, width: result.width, height: result.height }
    : undefined;
}

const number = (text: string | undefined): number => Number(text) || 0;
const px = (value: number): string => String(Math.round(value));

/** The area that a step's parameters name, in pixels; without one the whole picture. */
function areaOf({ operation, params }: Step, size: Size): Area {
  if (operation !== 'extract') return { left: 0, top: 0, ...size };
  const { left, top, areawidth, areaheight } = params;
  return { left: number(left), top: number(top), width: number(areawidth), height: number(areaheight) };
}

const areaParams = ({ left, top, width, height }: Area) => ({
  top: px(top),
  left: px(left),
  areawidth: px(width),
  areaheight: px(height),
  // The area counts after scaling: without a size it is in the pixels that are shown.
  width: undefined,
  height: undefined,
  scale: undefined,
});

const focusText = ({ x, y }: Place): string => `${x.toFixed(2)}:${y.toFixed(2)}`;
const focusOf = ({ params }: Step): Place => {
  const [x = 0.5, y = 0.5] = (params.focus ?? '').split(':').filter(Boolean).map(Number);
  return { x, y };
};

/** A crop covers a box with the whole picture; an area that is drawn is what `extract` keeps. */
const cutTo =
  (step: Step, area: Area) =>
  (state: State): State =>
    setParams(
      step.id,
      areaParams(area),
    )(step.operation === 'extract' ? state : changeOperation(step.id, 'extract')(state));

function Tool({ tool, step, base }: Omit<Props, 'result'> & { readonly base: Base }) {
  const { change } = usePage();
  const set = (params: Readonly<Record<string, string | undefined>>) => change(setParams(step.id, params));
  const size = { width: base.width, height: base.height };
  if (tool === 'area')
    return <Box size={size} area={areaOf(step, size)} onChange={(area) => change(cutTo(step, area))} />;
  if (tool === 'focus')
    return <Point at={focusOf(step)} onChange={(place) => set({ focus: focusText(place) })} />;
  const at = { x: number(step.params.left) / base.width, y: number(step.params.top) / base.height };
  const place = ({ x, y }: Place) => set({ left: px(x * base.width), top: px(y * base.height) });
  return <Point at={at} onChange={place} />;
}

/** The picture that a step gets, to draw on, with the result in a corner. */
export function Draw({ tool, step, result }: Props) {
  const base = useBase(step);
  if (base === undefined) return null;
  return (
    <div class="frame">
      <div class="drawn" style={{ '--ratio': String(base.width / base.height) }}>
        <img src={base.src} alt="Before this step" draggable={false} />
        <Tool tool={tool} step={step} base={base} />
      </div>
      {result?.isShown ? <img class="inset checked" src={result.src} alt="Result" /> : null}
    </div>
  );
}
