import type { Params } from '../params.ts';
import { orientationOf, orientedSize } from '../transform/orientation.ts';
import { arrange, commonFields } from './from_params.ts';
import { type Operation, requires } from './operation.ts';

/** The area after zooming; a missing side is that of the picture before zooming. */
function areaOf(params: Params, before: { width: number; height: number }) {
  const { top = 0, left = 0, areawidth, areaheight } = params;
  if (!top && !left) return {};
  requires(areawidth || areaheight, 'Missing required params: areawidth, areaheight');
  const width = areawidth || params.width || before.width;
  const height = areaheight || params.height || before.height;
  return { area: { top, left, width, height } };
}

export const zoom: Operation = {
  name: 'zoom',
  summary: 'Enlarges by repeating pixels, factor + 1 times; with top or left keeps an area of that.',
  fields: [...commonFields, 'factor', 'top', 'left', 'areawidth', 'areaheight'],
  examples: [
    { query: 'factor=1', doc: 'Twice as large.' },
    {
      query: 'factor=9&top=1800&left=3000&areawidth=400&areaheight=400',
      doc: 'Ten times as large, 400 x 400 of that.',
    },
  ],
  transform: (params, image) => {
    const { factor = 0, rotate: _turn, flip: _flip, flop: _flop, ...rest } = params;
    requires(factor, 'Missing required param: factor');
    const orientation = orientationOf(params, image);
    const before = orientedSize(image, orientation);
    const resize = { width: before.width * (factor + 1), height: before.height * (factor + 1) };
    const after = arrange(rest, { ...resize, orientation: 1 }, areaOf(params, before));
    return [{ orientation, resize, kernel: 'nearest' }, after];
  },
};
