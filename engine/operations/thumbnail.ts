import { arrange, commonFields } from './from_params.ts';
import { type Operation, requires } from './operation.ts';

export const thumbnail: Operation = {
  name: 'thumbnail',
  summary: 'Scales to a width or a height; with both given it stretches.',
  fields: commonFields,
  examples: [
    { query: 'width=120', doc: '120 pixels wide, height in proportion.' },
    { query: 'width=120&height=120', doc: 'Stretched to a square.' },
    { query: 'width=120&minheight=200', doc: 'At least 200 high, so it is wider.' },
    { query: 'width=60&dpr=4', doc: 'For a screen with four pixels in each.' },
    { query: 'width=120&kernel=nearest', doc: 'Pixels left out instead of mixed.' },
  ],
  transform: (params, image) => {
    requires(params.width || params.height || params.scale, 'Missing required params: width or height');
    return arrange(params, image);
  },
};
