import type { Size } from '../source/shown.ts';
import { givenParams, type Step, type Work, withoutParams } from '../state/model.ts';
import { data, hasOperation, operationOf, paramOf } from '../state/page_data.ts';

const widths = [320, 640, 960, 1280, 1920];

/** Parameters that a narrower result has too, in another size. */
const sides: ReadonlySet<string> = new Set(['width', 'height']);
const isPixels = (name: string): boolean => paramOf(name).unit === 'pixels' && !sides.has(name);

/** Whether another width in the step itself gives the same picture, only smaller. */
function scales({ operation, params }: Step): boolean {
  const { fields } = operationOf(operation);
  const shared = operationOf('resize').fields;
  // A strip is cut out without scaling.
  const isStrip = /crop/.test(operation) && !(params.width && params.height);
  const own = fields.filter((name) => !shared.includes(name));
  const given = Object.keys(givenParams(params));
  return fields.includes('width') && !isStrip && !own.some(isPixels) && !given.some(isPixels) && !params.dpr;
}

/** The steps with a narrower result. */
function narrower(steps: readonly Step[], { width, height }: Size): readonly Step[] {
  const last = steps.at(-1);
  if (last === undefined || !scales(last))
    return [...steps, { id: 0, operation: 'resize', params: { width: String(width) } }];
  const rest = withoutParams(givenParams(last.params), ['scale']);
  const side = last.params.height ? { height: String(height) } : {};
  return [...steps.slice(0, -1), { ...last, params: { ...rest, width: String(width), ...side } }];
}

const isPossible = ({ steps }: Work): boolean =>
  !data.onlyPresets && steps.length <= data.maxSteps && hasOperation('resize');

/** The work for several widths of a result, itself last. */
export function atWidths<W extends Work>(
  work: W,
  size: Size,
): readonly { readonly work: W; readonly width: number }[] {
  const made = widths
    .filter((width) => width < size.width)
    .map((width) => {
      const height = Math.max(1, Math.round((width * size.height) / size.width));
      return { work: { ...work, steps: narrower(work.steps, { width, height }) }, width };
    });
  return [...made.filter((one) => isPossible(one.work)), { work, width: size.width }];
}
