import { arrange, commonFields } from './from_params.ts';
import { type Operation, requires } from './operation.ts';

export const enlarge: Operation = {
  name: 'enlarge',
  summary: 'Covers a box, enlarging where needed, and cuts off the rest.',
  fields: [...commonFields, 'nocrop'],
  examples: [
    { query: 'width=600&height=600', doc: 'Covers 600 x 600, however small the picture.' },
    { query: 'width=600&height=600&nocrop=true', doc: 'Fits inside 600 x 600 instead.' },
    { query: 'width=600&height=600&nocrop=true&embed=true&extend=white', doc: 'Fits inside and is padded.' },
  ],
  transform: (params, image) => {
    requires(params.width && params.height, 'Missing required params: height, width');
    return arrange(params, image, { enlarge: true, crop: !params.nocrop });
  },
};
