import { useEffect } from 'preact/hooks';
import type { ToolName } from '../kit/context.ts';
import { usePage } from '../kit/context.ts';
import { changeOperation, setParams } from '../pipeline/edit.ts';
import { planOf } from '../request/plan.ts';
import { type Result, useResult } from '../request/use_result.ts';
import type { Size } from '../source/shown.ts';
import type { State, Step } from '../state/model.ts';
import { type Area, type Place, scaleArea } from './areas.ts';
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

/** Pixels that the area of a step counts for one pixel of the picture before it. */
function scaleOf({ operation, params }: Step, size: Size): number {
  const [width, height] = [number(params.width), number(params.height)];
  if (operation === 'zoom') return number(params.factor) + 1;
  if (operation !== 'extract' || (width > 0 && height > 0)) return 1;
  if (width > 0) return width / size.width;
  return height > 0 ? height / size.height : number(params.scale) || 1;
}

/** The area that a step's parameters name, in pixels of the picture before it; without one the whole picture. */
function areaOf(step: Step, size: Size): Area {
  const { left, top, areawidth, areaheight } = step.params;
  if (!areawidth || !areaheight) return { left: 0, top: 0, ...size };
  const area = { left: number(left), top: number(top), width: number(areawidth), height: number(areaheight) };
  const scale = 1 / scaleOf(step, size);
  return {
    left: area.left * scale,
    top: area.top * scale,
    width: area.width * scale,
    height: area.height * scale,
  };
}

/** To a zoom, an area in the corner is none. */
const outOfCorner = (area: Area): Area =>
  area.left > 0 || area.top > 0 ? area : { ...area, left: 1, width: Math.max(1, area.width - 1) };

const areaParams = ({ left, top, width, height }: Area) => ({
  top: px(top),
  left: px(left),
  areawidth: px(width),
  areaheight: px(height),
});

/** Sizes that say something else than the area. */
const noSize = { width: undefined, height: undefined, scale: undefined };

/** The parameters of a step whose area is drawn. */
function drawnParams(step: Step, area: Area, size: Size) {
  const { operation, params } = step;
  const drawn = scaleArea(area, scaleOf(step, size));
  if (operation === 'zoom') return { ...areaParams(outOfCorner(drawn)), ...noSize };
  const isKept = operation === 'extract' && !(params.width && params.height);
  return { ...areaParams(drawn), ...(isKept ? {} : { ...noSize, gravity: undefined, focus: undefined }) };
}

const focusText = ({ x, y }: Place): string => `${x.toFixed(2)}:${y.toFixed(2)}`;
const focusOf = ({ params }: Step): Place => {
  const [x = 0.5, y = 0.5] = (params.focus ?? '').split(':').filter(Boolean).map(Number);
  return { x, y };
};

/** A crop covers a box with the whole picture; an area that is drawn is what `extract` keeps. */
const cutTo =
  (step: Step, area: Area, size: Size) =>
  (state: State): State =>
    setParams(
      step.id,
      drawnParams(step, area, size),
    )(step.operation === 'crop' ? changeOperation(step.id, 'extract')(state) : state);

function Tool({ tool, step, base }: Omit<Props, 'result'> & { readonly base: Base }) {
  const { change } = usePage();
  const set = (params: Readonly<Record<string, string | undefined>>) => change(setParams(step.id, params));
  const size = { width: base.width, height: base.height };
  if (tool === 'area')
    return <Box size={size} area={areaOf(step, size)} onChange={(area) => change(cutTo(step, area, size))} />;
  if (tool === 'focus')
    return <Point at={focusOf(step)} onChange={(place) => set({ focus: focusText(place) })} />;
  const at = { x: number(step.params.left) / base.width, y: number(step.params.top) / base.height };
  const place = ({ x, y }: Place) => set({ left: px(x * base.width), top: px(y * base.height) });
  return <Point at={at} onChange={place} />;
}

/** The Escape key leads back to the button that has begun the drawing. */
function useEscape(): void {
  const { draw } = usePage();
  useEffect(() => {
    const press = ({ key }: KeyboardEvent): void => {
      if (key !== 'Escape') return;
      document.querySelector<HTMLElement>('.tool[aria-pressed=true]')?.focus();
      draw(undefined);
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, [draw]);
}

/** The picture that a step gets, to draw on, with the result in a corner. */
export function Draw({ tool, step, result }: Props) {
  const base = useBase(step);
  useEscape();
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
