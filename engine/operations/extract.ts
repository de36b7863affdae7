import { arrange, commonFields } from '../arrange.ts';
import { type Operation, requires } from '../operation.ts';

export const extract: Operation = {
  name: 'extract',
  summary: 'Keeps one area; with width or height the picture is scaled to that first.',
  fields: [...commonFields, 'top', 'left', 'areawidth', 'areaheight'],
  examples: [
    { query: 'top=50&left=100&areawidth=200&areaheight=150', doc: '200 x 150 pixels at 100,50.' },
    { query: 'width=400&top=50&left=50&areawidth=200&areaheight=150', doc: 'Scaled to 400 wide first.' },
  ],
  transform: (params, image) => {
    const { top = 0, left = 0, areawidth, areaheight } = params;
    requires(areawidth && areaheight, 'Missing required params: areawidth or areaheight');
    return arrange(params, image, {
      area: { top, left, width: areawidth ?? 0, height: areaheight ?? 0 },
    });
  },
};
