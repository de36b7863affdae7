import { arrange, commonFields } from './from_params.ts';
import { type Operation, requires } from './operation.ts';

export const extract: Operation = {
  name: 'extract',
  summary: 'Keeps one area; with width or height the picture is scaled to that first.',
  fields: [...commonFields, 'top', 'left', 'areawidth', 'areaheight'],
  examples: [
    { query: 'top=40&left=240&areawidth=160&areaheight=200', doc: '160 x 200 pixels at 240,40.' },
    {
      query: 'width=240&top=20&left=120&areawidth=80&areaheight=100',
      doc: 'Half the size first, then 80 x 100 of that.',
    },
  ],
  transform: (params, image) => {
    const { top = 0, left = 0, areawidth, areaheight } = params;
    requires(areawidth && areaheight, 'Missing required params: areawidth or areaheight');
    return arrange(params, image, {
      area: { top, left, width: areawidth ?? 0, height: areaheight ?? 0 },
    });
  },
};
